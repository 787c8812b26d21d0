// Sliding window rate limit as a Lua script: one step in Redis, by its own clock.
#pragma once

#include <string_view>

namespace sluice::storage {

/// KEYS[1]: the window. ARGV: how many requests, the window's length in microseconds. Gives 0 where
/// the request is admitted and counted, else how many microseconds to wait for that. It counts as
/// oauth::SlidingWindow does. Needs Redis 5 or later: it writes after it has asked for the time.
inline constexpr std::string_view window_script = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local allowed = tonumber(ARGV[1])
local window = tonumber(ARGV[2])

local began, current, previous = now, 0, 0
local kept = redis.call('GET', KEYS[1])
if kept then
  local b, c, p = string.match(kept, '^(%d+) (%d+) (%d+)$')
  if b then
    began, current, previous = math.min(tonumber(b), now), tonumber(c), tonumber(p)
  end
end
local gone = now - began
if gone >= 2 * window then
  began, current, previous = now, 0, 0
elseif gone >= window then
  began = began + window
  previous = math.min(current, math.max(allowed, 1) - 1)
  current = 0
  if previous == 0 then began = now end
end

local share = (now - began) / window
if previous * (1 - share) + current + 1 <= allowed + 1e-6 then
  local state = string.format('%.0f %.0f %.0f', began, current + 1, previous)
  redis.call('SET', KEYS[1], state, 'PX', math.ceil(window / 500))
  return 0
end
local reach = 1
if current + 1 <= allowed then
  reach = 1 - (allowed - current - 1) / math.max(previous, 1)
end
return math.max(1, math.ceil((reach - share) * window))
)lua";

}  // namespace sluice::storage
