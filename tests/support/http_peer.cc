#include "tests/support/http_peer.h"

#include <algorithm>
#include <cstdlib>

namespace sluice::simulation {
namespace {

std::string lower(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return result;
}

io::Task<bool> read_chunks(BytePeer& peer, std::string& body) {
    for (;;) {
        const std::string line = co_await peer.take_through("\r\n");
        if (!line.ends_with("\r\n")) co_return false;
        const std::size_t size = std::strtoull(line.c_str(), nullptr, 16);
        const std::string chunk = co_await peer.take(size + 2);
        if (chunk.size() != size + 2 || !chunk.ends_with("\r\n")) co_return false;
        body.append(chunk, 0, size);
        if (size == 0) co_return true;
    }
}

}  // namespace

std::string HttpAnswer::field(std::string_view name) const {
    const std::string mark = "\r\n" + std::string(name) + ": ";
    const std::size_t at = lower(head).find(mark);
    if (at == std::string::npos) return "";
    const std::size_t begin = at + mark.size();
    return head.substr(begin, head.find("\r\n", begin) - begin);
}

io::Task<HttpAnswer> read_answer(BytePeer& peer, bool to_head) {
    HttpAnswer answer;
    answer.head = co_await peer.take_through("\r\n\r\n");
    if (!answer.head.ends_with("\r\n\r\n") || !answer.head.starts_with("HTTP/1.1 ")) {
        co_return answer;
    }
    answer.status = std::atoi(answer.head.c_str() + 9);
    const std::string length = answer.field("content-length");
    if (to_head || answer.status < 200 || answer.status == 204 || answer.status == 304) {
        answer.complete = true;
    } else if (lower(answer.field("transfer-encoding")) == "chunked") {
        answer.complete = co_await read_chunks(peer, answer.body);
    } else if (!length.empty()) {
        const std::size_t size = std::strtoull(length.c_str(), nullptr, 10);
        answer.body = co_await peer.take(size);
        answer.complete = answer.body.size() == size;
    } else {
        answer.body = co_await peer.take_to_end();
        answer.complete = peer.error().code == 0;
    }
    co_return answer;
}

}  // namespace sluice::simulation
