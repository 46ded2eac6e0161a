// mpicctl account-uri: what an applicant publishes for a CA that hides account URLs.
#ifndef MPIC_COORDINATOR_CLI_ACCOUNT_URI_H_
#define MPIC_COORDINATOR_CLI_ACCOUNT_URI_H_

#include <iosfwd>
#include <string>

#include "absl/status/statusor.h"
#include "coordinator/cli/flags.h"

namespace mpic::coordinator::cli {

struct AccountUriArguments {
  std::string domain;  // the Authorization Domain Name, or "*"
  std::string account_url;
  std::string thumbprint;  // of the account key, RFC 7638
  std::string prefix;      // the CA's accountHashPrefix
};

// prefix "sha-256/" base64url(SHA-256(length || domain || thumbprint || account URL)), the hashed
// accounturi of draft-ietf-acme-dns-persist-02. Only a CA or an account's owner computes it: to a
// perspective it is one acceptable string like any other. INVALID_ARGUMENT: `domain` is neither a
// domain name nor "*", the thumbprint not 43 characters of base64url, or the URL empty.
absl::StatusOr<std::string> HashedAccountUri(const AccountUriArguments& arguments);

// Prints it alone on a line, or as {"account_uri": ...}; returns the exit code.
int PrintAccountUri(const AccountUriArguments& arguments, OutputFormat output, std::ostream& out,
                    std::ostream& err);

}  // namespace mpic::coordinator::cli

#endif  // MPIC_COORDINATOR_CLI_ACCOUNT_URI_H_
