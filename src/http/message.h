// HTTP messages as handlers see them: a request that was read, a response to be written.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/field_list.h"
#include "http/method.h"
#include "http/status.h"

namespace sluice::http {

enum class Version : std::uint8_t { http_1_0, http_1_1 };

/// The value of the first field called `name`, ignoring case; nothing where there is none.
std::optional<std::string_view> find_field(std::span<const Field> fields, std::string_view name);

/// A complete request. Its views stay valid until the handler's task ends. It is only ever made by
/// RequestParser (from the wire) and RequestBuilder (in process), so what it says holds always.
class Request {
public:
    Request() = default;
    Request(const Request&) = delete;  // views into itself and into a buffer
    Request& operator=(const Request&) = delete;

    Method method() const { return method_; }
    std::string_view method_text() const { return to_text(method_); }
    Version version() const { return version_; }

    /// The request target as received, for logs; route and forward by path() and query().
    std::string_view target() const { return target_; }
    /// Absolute path in the one normal form of RFC 3986 §6.2.2: unreserved characters decoded,
    /// other escapes kept with upper-case digits. No dot segment, `//`, `\`, `%00`, `%2F` or `%5C`
    /// is ever in it. "*" for a server-wide OPTIONS.
    std::string_view path() const { return path_; }
    /// What stands behind the first '?', not decoded; empty where there is none.
    std::string_view query() const { return query_; }

    std::span<const Field> fields() const { return fields_; }
    /// First of that name, ignoring case.
    std::optional<std::string_view> field(std::string_view name) const {
        return find_field(fields_, name);
    }
    std::size_t field_count(std::string_view name) const;
    /// Authority of the Host field. Never a source for URLs that Sluice hands out.
    std::string_view host() const { return host_; }

    /// Complete and de-chunked.
    std::string_view body() const { return body_; }

    /// Address of the other end of the connection without port, as text; empty where there is none.
    std::string_view peer() const { return peer_; }
    /// Unique in this process's life; for logs and error pages.
    std::uint64_t id() const { return id_; }

private:
    friend class RequestParser;
    friend class RequestBuilder;
    friend class Connection;

    Method method_ = Method::get;
    Version version_ = Version::http_1_1;
    std::string_view target_;
    std::string_view path_;
    std::string_view query_;
    std::string_view host_;
    std::string_view body_;
    std::string_view peer_;
    std::uint64_t id_ = 0;
    std::vector<Field> fields_;
    std::string decoded_path_;  // holds path_ where it differs from what was received
};

/// What a handler answers, whichever version of HTTP writes it. Reused by a connection: clear()
/// keeps the capacity, so a steady state allocates nothing.
/// Content-Length, Transfer-Encoding, Date and Connection are the connection's affair.
class Response {
public:
    void set_status(Status status) { status_ = status; }
    Status status() const { return status_; }

    /// CHECKs like FieldList::add.
    void add_field(std::string_view name, std::string_view value) { fields_.add(name, value); }
    void add_fields(const FieldList& fields) { fields_.add(fields); }
    /// The value of the first field added under `name`, ignoring case.
    std::optional<std::string_view> field(std::string_view name) const {
        return fields_.find(name);
    }
    std::size_t field_count(std::string_view name) const { return fields_.count(name); }
    const FieldList& fields() const { return fields_; }

    /// The handler writes the body here.
    std::string& body() { return body_; }
    const std::string& body() const { return body_; }

    /// Back to "200, no fields, no body".
    void clear() {
        status_ = Status::ok;
        fields_.clear();
        body_.clear();
    }

private:
    Status status_ = Status::ok;
    FieldList fields_;
    std::string body_;
};

}  // namespace sluice::http
