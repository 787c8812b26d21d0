// Rewriting the prompt.
#include "oauth/authorization/prompt_query.h"

#include <algorithm>

#include "http/form.h"

namespace sluice::oauth {
namespace {

std::string without_login(std::string_view prompt) {
    std::string words;
    while (!prompt.empty()) {
        const std::size_t end = std::min(prompt.find(' '), prompt.size());
        const std::string_view word = prompt.substr(0, end);
        if (!word.empty() && word != "login" && word != "select_account") {
            if (!words.empty()) words += ' ';
            words += word;
        }
        prompt.remove_prefix(std::min(end + 1, prompt.size()));
    }
    return words;
}

template <class Rewrite>
std::string rewrite_prompt(std::string_view query, Rewrite rewrite) {
    http::Form form;
    std::string rewritten;
    if (!form.parse(query)) return rewritten;
    for (const auto& [name, value] : form.parameters()) {
        if (name != "prompt") http::append_form_parameter(rewritten, name, value);
    }
    const std::string prompt = rewrite(form.get("prompt").value_or(""));
    if (!prompt.empty()) http::append_form_parameter(rewritten, "prompt", prompt);
    return rewritten;
}

}  // namespace

std::string query_after_login(std::string_view query) {
    return rewrite_prompt(query, without_login);
}

std::string query_with_login(std::string_view query) {
    return rewrite_prompt(query, [](std::string_view prompt) {
        std::string words = without_login(prompt);
        return words.empty() ? std::string("login") : words + " login";
    });
}

}  // namespace sluice::oauth
