// The notes server as a service of its own listener.
#pragma once

#include "http/service.h"
#include "notes/notes_server.h"

namespace sluice::notes {

class NotesService final : public http::Service {
public:
    io::Task<void> serve(http::Exchange& exchange) override {
        server_.handle(exchange.request(), exchange.response());
        co_return;
    }

private:
    NotesServer server_;
};

}  // namespace sluice::notes
