// The authorization code flow with PKCE as a browser and an application walk it: the page, the
// sign-in form, the consent form, the code, the token request.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "loadgen/scenario.h"
#include "loadgen/settings.h"

namespace sluice::loadgen {

class AuthorizationFlow final : public Scenario {
public:
    /// users            virtual users, numbered from 0
    /// refresh_tokens   where to put what the flows give; may be null; outlives this
    AuthorizationFlow(const Settings& settings, unsigned users, std::uint64_t seed,
                      std::vector<std::string>* refresh_tokens);

    std::span<const std::string> operations() const override { return operations_; }
    bool pipelines() const override { return false; }
    OperationId begin(unsigned user, std::string& out) override;
    Verdict on_answer(unsigned user, OperationId operation, const Answer& answer,
                      std::string& out) override;
    void on_failure(unsigned user, OperationId operation) override;

private:
    enum Step : OperationId { open_page, sign_in, consent, redeem };

    struct User {
        std::map<std::string, std::string, std::less<>> cookies;
        std::string verifier;
        std::string state;
        std::string target;  // of the page that is shown
    };

    void write(std::string& out, const User& user, std::string_view method, std::string_view target,
               std::string_view body) const;
    void keep_cookies(User& user, const Answer& answer) const;
    Verdict follow(User& user, std::string_view location, std::string& out);
    Verdict fill_in(User& user, OperationId operation, std::string_view page, std::string& out);
    Verdict finish(const Answer& answer);
    std::string random_text();

    std::vector<std::string> operations_;
    OauthSettings oauth_;
    std::string origin_;
    std::string host_;
    std::string authorize_target_;
    std::string token_target_;
    bool close_;
    QuickRandom random_;
    std::vector<User> users_;
    std::vector<std::string>* refresh_tokens_;
};

/// The hidden inputs of a page's forms, encoded as a form's body.
std::string hidden_inputs(std::string_view page);

}  // namespace sluice::loadgen
