// The load generator's answer reader: the same answers for every split, with heads known or new.
#include <string>
#include <vector>

#include "base/check.h"
#include "loadgen/answer_reader.h"
#include "tests/fuzz/fuzz_input.h"

namespace {

using namespace sluice;
using namespace sluice::loadgen;

std::string outcome(const std::vector<std::string_view>& pieces) {
    AnswerReader reader;
    std::string answers;
    const auto add = [&] {
        const Answer& answer = reader.answer();
        CHECK(answer.status >= 200 && answer.status <= 599);
        answers += std::to_string(answer.status) + "\n";
        for (const http::Field& field : answer.fields) {
            answers.append(field.name).append(":").append(field.value).append("\n");
        }
        answers.append(answer.body).append("\n");
    };
    for (const std::string_view piece : pieces) {
        const std::string own(piece);  // memory that ends with the piece
        std::string_view bytes = own;
        while (!bytes.empty()) {
            const std::size_t before = bytes.size();
            const auto whole = reader.next(bytes);
            if (!whole) return answers + "broken";
            CHECK(*whole || bytes.empty(), "asks for more, but took not all");
            CHECK(bytes.size() < before || *whole);
            if (*whole) add();
        }
    }
    if (reader.finish()) add();
    return answers + (reader.midway() ? "midway" : "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view input = fuzz::text_of(data, size);
    const std::string whole = outcome({input});
    for (std::uint64_t salt = 0; salt < 6; ++salt) {
        CHECK(outcome(fuzz::cut(input, salt)) == whole, input);
    }
    return 0;
}
