#include "common/rotating_certificates.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/log.h"
#include "common/status_macros.h"

namespace mpic {
namespace {

std::string IdentityText(const CertificateFiles& files) {
  return absl::StrCat(files.private_key, files.certificate_chain);
}

}  // namespace

absl::StatusOr<std::shared_ptr<RotatingCertificates>> RotatingCertificates::Load(
    const config::v1::Tls& tls, TlsRole role, absl::Time now,
    std::shared_ptr<prometheus::Registry> registry) {
  MPIC_ASSIGN_OR_RETURN(CertificateFiles files, ReadCertificateFiles(tls, role, now));
  std::shared_ptr<RotatingCertificates> made(
      new RotatingCertificates(tls, role, std::move(registry)));
  MPIC_ASSIGN_OR_RETURN(made->identity_, MemoryFile::Create(IdentityText(files)));
  MPIC_ASSIGN_OR_RETURN(made->trusted_cas_, MemoryFile::Create(files.trusted_cas));
  {
    const absl::MutexLock lock(&made->reload_mutex_);
    MPIC_RETURN_IF_ERROR(made->Take(std::move(files)));
  }
  made->provider_ = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      made->identity_->path(), made->identity_->path(), made->trusted_cas_->path(),
      static_cast<unsigned>(absl::ToInt64Seconds(kGrpcLag)));
  return made;
}

RotatingCertificates::RotatingCertificates(const config::v1::Tls& tls, TlsRole role,
                                           std::shared_ptr<prometheus::Registry> registry)
    : tls_(tls), role_(role), registry_(std::move(registry)) {
  if (registry_) metrics_.emplace(*registry_, role);
}

RotatingCertificates::Reloaded RotatingCertificates::Reload(absl::Time now) {
  const absl::MutexLock lock(&reload_mutex_);
  absl::StatusOr<CertificateFiles> files = ReadCertificateFiles(tls_, role_, now);
  if (!files.ok()) {
    Refuse(files.status());
    return Reloaded::kRefused;
  }
  if (*files == in_use_) {
    refusal_.clear();
    return Reloaded::kUnchanged;
  }
  if (const absl::Status status = Take(*std::move(files)); !status.ok()) {
    Refuse(status);
    return Reloaded::kRefused;
  }
  refusal_.clear();
  if (metrics_) metrics_->CountTaken();
  Log(LogLevel::kInfo, "certificates taken",
      {{"role", TlsRoleName(role_)},
       {"not_after", absl::FormatTime(absl::RFC3339_sec, in_use_.not_after, absl::UTCTimeZone())}});
  return Reloaded::kTaken;
}

// Each step leaves something sound behind, should the next one fail; the next look goes on.
absl::Status RotatingCertificates::Take(CertificateFiles files) {
  MPIC_RETURN_IF_ERROR(identity_->Replace(IdentityText(files)));
  MPIC_RETURN_IF_ERROR(trusted_cas_->Replace(files.trusted_cas));
  auto judge = std::make_shared<const PeerJudge>(files.trusted_cas, files.crls);
  in_use_ = std::move(files);
  if (metrics_) metrics_->SetValidity(in_use_.not_before, in_use_.not_after);
  const absl::MutexLock lock(&judge_mutex_);
  judge_ = std::move(judge);
  return absl::OkStatus();
}

void RotatingCertificates::Refuse(const absl::Status& status) {
  if (metrics_) metrics_->CountRefused();
  if (refusal_ == status.message()) return;
  refusal_ = std::string(status.message());
  Log(LogLevel::kError, "certificates refused",
      {{"role", TlsRoleName(role_)}, {"reason", refusal_}});
}

std::string RotatingCertificates::WhyPeerRefused(const std::string& leaf, const std::string& chain,
                                                 absl::Time now) {
  std::shared_ptr<const PeerJudge> judge;
  {
    const absl::MutexLock lock(&judge_mutex_);
    judge = judge_;
  }
  const TlsRole peer = role_ == TlsRole::kServer ? TlsRole::kClient : TlsRole::kServer;
  const PeerVerdict verdict = judge->Judge(leaf, chain, peer, now);
  if (verdict.fault == PeerFault::kNone) return "";
  if (metrics_) metrics_->CountPeer(verdict.fault);
  refused_peers_.Log(LogLevel::kWarning, "judged", "peer refused",
                     {{"role", TlsRoleName(role_)}, {"reason", verdict.reason}});
  return verdict.reason;
}

void RotatingCertificates::NoteMisnamedPeer(absl::string_view name) {
  if (metrics_) metrics_->CountMisnamedPeer();
  refused_peers_.Log(LogLevel::kWarning, "name", "peer refused",
                     {{"role", TlsRoleName(role_)},
                      {"reason", absl::StrCat("its certificate does not carry the name ", name)}});
}

}  // namespace mpic
