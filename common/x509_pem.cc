#include "common/x509_pem.h"

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <ctime>
#include <utility>

namespace mpic {
namespace {

using Bio = std::unique_ptr<BIO, OpensslFree<BIO_free>>;

Bio Reader(const std::string& pem) {
  return Bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

template <typename Pointer, typename Read>
std::vector<Pointer> ParseAll(const std::string& pem, Read read) {
  std::vector<Pointer> objects;
  const Bio reader = Reader(pem);
  ERR_clear_error();
  while (Pointer next{read(reader.get(), nullptr, nullptr, nullptr)}) {
    objects.push_back(std::move(next));
  }
  // The end of the file is told as a missing start line; anything else is a broken object.
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!at_end) objects.clear();
  return objects;
}

// Empty when `write` fails, which leaves no half of an object behind.
template <typename Write>
std::string Written(Write write) {
  // Private keys go through here: the buffer is wiped when it is freed.
  const Bio writer(BIO_new(BIO_s_secmem()));
  if (!write(writer.get())) {
    ERR_clear_error();
    return "";
  }
  char* text = nullptr;
  const long size = BIO_get_mem_data(writer.get(), &text);
  return std::string(text, static_cast<std::size_t>(size));
}

// OpenSSL would ask for a password on the terminal.
int NoPassword(char*, int, int, void*) { return -1; }

}  // namespace

std::vector<X509Certificate> ParseCertificates(const std::string& pem) {
  return ParseAll<X509Certificate>(pem, PEM_read_bio_X509);
}

std::vector<X509Crl> ParseCrls(const std::string& pem) {
  return ParseAll<X509Crl>(pem, PEM_read_bio_X509_CRL);
}

PrivateKey ParsePrivateKey(const std::string& pem) {
  PrivateKey key(PEM_read_bio_PrivateKey(Reader(pem).get(), nullptr, NoPassword, nullptr));
  ERR_clear_error();
  return key;
}

std::string ToPem(const std::vector<X509Certificate>& certificates) {
  return Written([&](BIO* writer) {
    for (const X509Certificate& one : certificates) {
      if (PEM_write_bio_X509(writer, one.get()) != 1) return false;
    }
    return true;
  });
}

std::string ToPem(const std::vector<X509Crl>& crls) {
  return Written([&](BIO* writer) {
    for (const X509Crl& one : crls) {
      if (PEM_write_bio_X509_CRL(writer, one.get()) != 1) return false;
    }
    return true;
  });
}

std::string ToPem(const PrivateKey& key) {
  return Written([&](BIO* writer) {
    return PEM_write_bio_PKCS8PrivateKey(writer, key.get(), nullptr, nullptr, 0, nullptr,
                                         nullptr) == 1;
  });
}

absl::Time TimeOf(const ASN1_TIME* time) {
  std::tm fields{};
  if (ASN1_TIME_to_tm(time, &fields) != 1) return absl::InfinitePast();
  return absl::FromTM(fields, absl::UTCTimeZone());
}

}  // namespace mpic
