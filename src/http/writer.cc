// Serialising messages.
#include "http/writer.h"

#include <charconv>

#include "base/check.h"

namespace sluice::http {
namespace {

void append_number(std::string& out, std::uint64_t number, int base = 10) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, number, base).ptr;
    out.append(digits, end);
}

void append_status_line(std::string& out, Status status) {
    if (status == Status::ok) {
        out += "HTTP/1.1 200 OK\r\n";
        return;
    }
    out += "HTTP/1.1 ";
    append_number(out, static_cast<std::uint64_t>(code(status)));
    out += ' ';
    out += reason_phrase(status);
    out += "\r\n";
}

void append_common_fields(std::string& out, const ResponseOptions& options) {
    if (!options.date.empty()) out.append("Date: ").append(options.date).append("\r\n");
    if (options.close) out += "Connection: close\r\n";
    if (options.hsts > Seconds::zero()) {
        out += "Strict-Transport-Security: max-age=";
        append_number(out, static_cast<std::uint64_t>(options.hsts.count()));
        out += "\r\n";
    }
}

}  // namespace

void append_response(std::string& out, const Response& response, const ResponseOptions& options) {
    CHECK(code(response.status()) >= 200, "an answer is final");
    append_status_line(out, response.status());
    out += response.fields().http1_text();
    append_common_fields(out, options);
    if (forbids_body(response.status())) {
        out += "\r\n";
        return;
    }
    out += "Content-Length: ";
    append_number(out, response.body().size());
    out += "\r\n\r\n";
    if (!options.to_head) out += response.body();
}

void append_stream_head(std::string& out, const Response& response, StreamCoding coding,
                        const ResponseOptions& options) {
    CHECK(code(response.status()) >= 200, "an answer is final");
    append_status_line(out, response.status());
    out += response.fields().http1_text();
    append_common_fields(out, options);
    // RFC 9112 §6.1: what has no body has no coding either.
    if (coding == StreamCoding::chunked && !forbids_body(response.status())) {
        out += "Transfer-Encoding: chunked\r\n";
    }
    out += "\r\n";
}

void append_chunk(std::string& out, std::string_view data) {
    if (data.empty()) return;
    append_number(out, data.size(), 16);
    out.append("\r\n").append(data).append("\r\n");
}

void append_request(std::string& out, const OutgoingRequest& request, std::string_view host) {
    CHECK(!host.empty(), "a request names its host");
    out.append(to_text(request.method())).append(" ").append(request.target());
    out.append(" HTTP/1.1\r\nHost: ").append(host).append("\r\n");
    out += request.fields().http1_text();
    const bool suggests_body = request.method() == Method::post ||
                               request.method() == Method::put || request.method() == Method::patch;
    if (suggests_body || !request.body().empty()) {
        out += "Content-Length: ";
        append_number(out, request.body().size());
        out += "\r\n";
    }
    out += "\r\n";
    out += request.body();
}

}  // namespace sluice::http
