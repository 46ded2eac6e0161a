#include "coordinator/cli/check_methods.h"

#include <CLI/CLI.hpp>
#include <cstdint>
#include <string>

#include "absl/strings/strip.h"
#include "common/ip_address.h"
#include "common/proto_time.h"
#include "coordinator/cli/flags.h"
#include "coordinator/policy/methods.h"

namespace mpic::coordinator::cli {
namespace {

// Puts a value of the command line into the check.
using Store = std::function<void(const std::string&)>;

const char* KindOfName(const MethodFacts& facts) {
  if (facts.name_reference.empty()) return "IP address";
  return facts.ip_reference.empty() ? "Domain name" : "Domain name or IP address";
}

void AddName(CLI::App& method, const MethodFacts& facts, v1::Check& check) {
  const auto store = [&check](const std::string& name) {
    v1::Identifier& identifier = *check.mutable_identifier();
    if (IpAddress::Parse(name).ok()) return identifier.set_ip_address(name);
    identifier.set_dns_name(name);
  };
  method.add_option_function<std::string>("NAME", store, KindOfName(facts))->required();
}

void AddCommonOptions(CLI::App& method, v1::Check& check) {
  method.add_option_function<std::string>(
      "--adn", [&check](const std::string& name) { check.set_authorization_domain_name(name); },
      "Authorization Domain Name to look at");
  method.add_option_function<std::uint32_t>(
      "--cname-steps", [&check](std::uint32_t steps) { check.set_adn_cname_steps(steps); },
      "CNAME hops from NAME that lead to it, before any pruning");
  AddDuration(
      method, "--budget",
      [&check](absl::Duration span) { *check.mutable_time_budget() = ToProtoDuration(span); },
      "How long each perspective may take");
  method.add_option_function<std::string>(
      "--check-id", [&check](const std::string& id) { check.set_check_id(id); },
      "Unique in the call");
  AddTime(
      method, "--created-at",
      [&check](absl::Time time) { *check.mutable_challenge_created_at() = ToTimestamp(time); },
      "When the challenge value was created");
}

// The sections of the Baseline Requirements are names as well, where they mean one method.
void AddSections(CLI::App& added, const MethodFacts& facts) {
  for (const bool is_ip : {false, true}) {
    const std::string section(absl::StripPrefix(ReferenceOf(facts, is_ip), "BR "));
    if (MethodFromName(section).value_or(v1::METHOD_UNSPECIFIED) != facts.method) continue;
    added.alias(section);
  }
}

CLI::App& AddMethod(CLI::App& app, v1::Method method, v1::Check& check,
                    const std::string& description) {
  const MethodFacts& facts = *FactsOf(method);
  CLI::App& added = *app.add_subcommand(std::string(facts.name), description);
  added.ignore_case()->fallthrough();
  AddSections(added, facts);
  AddName(added, facts, check);
  AddCommonOptions(added, check);
  return added;
}

CLI::Option* AddText(CLI::App& method, const std::string& name, const Store& store,
                     const std::string& description) {
  return method.add_option_function<std::string>(name, store, description);
}

// An option that may be given several times, one value each.
void AddTexts(CLI::App& method, const std::string& name, const Store& store,
              const std::string& description) {
  method
      .add_option_function<std::vector<std::string>>(
          name,
          [store](const std::vector<std::string>& values) {
            for (const std::string& value : values) store(value);
          },
          description)
      ->allow_extra_args(false);
}

template <typename MessageOf>
void AddKeyAuthorization(CLI::App& method, MessageOf message_of) {
  AddText(
      method, "--key-authorization",
      [message_of](const std::string& text) { message_of()->set_key_authorization(text); },
      "token.thumbprint (RFC 8555 section 8.1)")
      ->required();
}

void AddAcmeMethods(CLI::App& app, v1::Check& check) {
  AddKeyAuthorization(AddMethod(app, v1::DNS_01, check, "TXT at _acme-challenge (RFC 8555)"),
                      [&check] { return check.mutable_dns_01(); });
  AddKeyAuthorization(AddMethod(app, v1::HTTP_01, check, "File on port 80 (RFC 8555)"),
                      [&check] { return check.mutable_http_01(); });
  AddKeyAuthorization(AddMethod(app, v1::TLS_ALPN_01, check, "Certificate on port 443 (RFC 8737)"),
                      [&check] { return check.mutable_tls_alpn_01(); });
  CLI::App& account = AddMethod(app, v1::DNS_ACCOUNT_01, check, "TXT below a label of the account");
  AddKeyAuthorization(account, [&check] { return check.mutable_dns_account_01(); });
  AddText(
      account, "--account-url",
      [&check](const std::string& url) { check.mutable_dns_account_01()->set_account_url(url); },
      "The account's \"kid\"")
      ->required();
}

void AddDnsChange(CLI::App& app, v1::Check& check) {
  CLI::App& method = AddMethod(app, v1::DNS_CHANGE, check, "Value in a TXT, CNAME or CAA record");
  const auto message_of = [&check] { return check.mutable_dns_change(); };
  const auto store_type = [message_of](const std::string& name) {
    v1::DnsChange::RecordType type = v1::DnsChange::RECORD_TYPE_UNSPECIFIED;
    v1::DnsChange::RecordType_Parse(name, &type);  // IsMember has looked already
    message_of()->set_record_type(type);
  };
  AddText(method, "--type", store_type, "TXT, CNAME or CAA")
      ->required()
      ->transform(CLI::IsMember({"TXT", "CNAME", "CAA"}, CLI::ignore_case));
  AddText(
      method, "--value",
      [message_of](const std::string& value) { message_of()->set_expected_value(value); },
      "Random Value or Request Token; the target of a CNAME")
      ->required();
  AddText(
      method, "--prefix",
      [message_of](const std::string& label) { message_of()->set_prefix_label(label); },
      "Label before the name, for example _dcv");
  method.add_flag_callback(
      "--contains", [message_of] { message_of()->set_match(v1::DnsChange::CONTAINS_TOKEN); },
      "The value may stand among other text");
  AddText(
      method, "--caa-tag", [message_of](const std::string& tag) { message_of()->set_caa_tag(tag); },
      "CAA property that carries the value");
}

void AddWebsiteChange(CLI::App& app, v1::Check& check) {
  CLI::App& method = AddMethod(app, v1::WEBSITE_CHANGE, check,
                               "Value in a file below /.well-known/pki-validation/");
  const auto message_of = [&check] { return check.mutable_website_change(); };
  AddText(
      method, "--file", [message_of](const std::string& path) { message_of()->set_file(path); },
      "Path below that prefix")
      ->required();
  AddText(
      method, "--value",
      [message_of](const std::string& value) { message_of()->set_expected_value(value); },
      "Random Value or Request Token")
      ->required();
  const auto store_scheme = [message_of](const std::string& scheme) {
    message_of()->set_scheme(scheme == "https" ? v1::WebsiteChange::HTTPS
                                               : v1::WebsiteChange::HTTP);
  };
  AddText(method, "--scheme", store_scheme, "http (default) or https")
      ->transform(CLI::IsMember({"http", "https"}, CLI::ignore_case));
  method
      .add_option_function<std::uint32_t>(
          "--port", [message_of](std::uint32_t port) { message_of()->set_port(port); },
          "Authorized Port; the scheme's own")
      ->check(CLI::Range(1, 65535));
  method.add_flag_callback(
      "--require-meta-tag", [message_of] { message_of()->set_require_meta_tag(true); },
      "For IP addresses: in an HTML meta tag");
  method.callback([message_of] {
    if (message_of()->scheme() == v1::WebsiteChange::SCHEME_UNSPECIFIED) {
      message_of()->set_scheme(v1::WebsiteChange::HTTP);
    }
  });
}

void AddCaa(CLI::App& app, v1::Check& check) {
  CLI::App& method = AddMethod(app, v1::CAA, check, "May this CA issue? (RFC 8659, RFC 8657)");
  const auto message_of = [&check] { return check.mutable_caa(); };
  AddTexts(
      method, "--issuer",
      [message_of](const std::string& name) { message_of()->add_issuer_domain_names(name); },
      "Issuer domain name of the CA");
  AddTexts(
      method, "--account-uri",
      [message_of](const std::string& uri) { message_of()->add_account_uris(uri); },
      "Account that asks, for accounturi");
  const auto store_method = [message_of](const std::string& name) {
    message_of()->set_validation_method(MethodFromName(name).value_or(v1::METHOD_UNSPECIFIED));
  };
  AddText(method, "--method", store_method, "That validates the name, for validationmethods")
      ->check([](const std::string& name) {
        return std::string(MethodFromName(name).status().message());
      });
  AddTexts(
      method, "--method-label",
      [message_of](const std::string& label) { message_of()->add_validation_method_labels(label); },
      "Further label of that method");
  method.callback([message_of] { message_of(); });
}

void AddPersist(CLI::App& app, v1::Check& check) {
  CLI::App& method = AddMethod(app, v1::DNS_PERSIST, check, "Persistent TXT record of an account");
  const auto message_of = [&check] { return check.mutable_dns_persist(); };
  AddTexts(
      method, "--issuer",
      [message_of](const std::string& name) { message_of()->add_issuer_domain_names(name); },
      "Issuer domain name of the CA");
  AddTexts(
      method, "--account-uri",
      [message_of](const std::string& uri) { message_of()->add_acceptable_account_uris(uri); },
      "Account that may ask");
  method.add_flag_callback(
      "--acme-scope", [message_of] { message_of()->set_acme_scope(true); },
      "Apply the scope rule of policy=wildcard");
  AddTime(
      method, "--reference-time",
      [message_of](absl::Time time) {
        *message_of()->mutable_reference_time() = ToTimestamp(time);
      },
      "To compare persistUntil with; now");
  method.callback([message_of] { message_of(); });
}

template <typename MessageOf>
void AddContact(CLI::App& method, MessageOf message_of) {
  AddText(
      method, "--contact",
      [message_of](const std::string& contact) { message_of()->set_selected_contact(contact); },
      "Contact that must be published; none: which are?");
  method.callback([message_of] { message_of(); });
}

void AddContacts(CLI::App& app, v1::Check& check) {
  AddContact(AddMethod(app, v1::CAA_EMAIL_CONTACT, check, "E-mail contact in CAA"),
             [&check] { return check.mutable_caa_email_contact(); });
  AddContact(AddMethod(app, v1::TXT_EMAIL_CONTACT, check, "E-mail contact in TXT"),
             [&check] { return check.mutable_txt_email_contact(); });
  AddContact(AddMethod(app, v1::TXT_PHONE_CONTACT, check, "Phone contact in TXT"),
             [&check] { return check.mutable_txt_phone_contact(); });
  AddContact(AddMethod(app, v1::CAA_PHONE_CONTACT, check, "Phone contact in CAA"),
             [&check] { return check.mutable_caa_phone_contact(); });
}

void AddReverseLookup(CLI::App& app, v1::Check& check) {
  CLI::App& method = AddMethod(app, v1::REVERSE_LOOKUP, check, "Name of an IP address in DNS");
  const auto message_of = [&check] { return check.mutable_reverse_lookup(); };
  AddText(
      method, "--expected-name",
      [message_of](const std::string& name) { message_of()->set_expected_name(name); },
      "Name that must be found; none: all are reported");
  method.callback([message_of] { message_of(); });
}

}  // namespace

void AddMethods(CLI::App& app, v1::Check& check) {
  AddAcmeMethods(app, check);
  AddDnsChange(app, check);
  AddWebsiteChange(app, check);
  AddCaa(app, check);
  AddPersist(app, check);
  AddContacts(app, check);
  AddReverseLookup(app, check);
}

}  // namespace mpic::coordinator::cli
