// Seeds of files: catalogue, configuration, what stands beside a key, backups.
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/keys/pending.h"
#include "client/keys/signed_positions.h"
#include "node/base/check.h"
#include "node/config.h"
#include "node/crypto/sha256.h"
#include "storage/head_file.h"
#include "tests/fuzz/scratch_file.h"
#include "tests/fuzz/seeds.h"
#include "tests/support/ledger_fixture.h"

namespace entente::fuzz {

namespace {

std::string FileText(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// Made once by `openssl req -x509`: keys and signatures are never the same twice.
constexpr char kCertificate[] =
    "-----BEGIN CERTIFICATE-----\n"
    "MIIB2DCCAX2gAwIBAgIUSz7fgCmaQhEH+Jzh8lQqVTuZI1YwCgYIKoZIzj0EAwIw\n"
    "DzENMAsGA1UEAwwEbm9kZTAgFw0yNjExMjkxMTExMTFaGA8yMTI2MTEwNTExMTEx\n"
    "MVowDzENMAsGA1UEAwwEbm9kZTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLXA\n"
    "vfhEW4Xm6164mimLdZ3uz9CzJY6knLbG/LFs25MOtH+4bsSI6wzeDbpDvvvTX/PM\n"
    "LGj/jjEpl8rLORRyVPGjgbQwgbEwHQYDVR0OBBYEFLqwNimYOeLWNfEafDzW5/nq\n"
    "9pdVMB8GA1UdIwQYMBaAFLqwNimYOeLWNfEafDzW5/nq9pdVMGEGA1UdEQRaMFiG\n"
    "VnNwaWZmZTovL2VudGVudGUvbm9kZS8wMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4\n"
    "OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMAwGA1UdEwEB\n"
    "/wQCMAAwCgYIKoZIzj0EAwIDSQAwRgIhAMWXe5KamtuvT8FvmGgHOhL6xeVt2NCy\n"
    "8b97Jv4n6IyIAiEA+SbmqT5vABoPA7DrHEDJVQAtihx9L7gDI69+DZPqX04=\n"
    "-----END CERTIFICATE-----\n";

void AddCatalogue(Seeds& seeds) {
  seeds["small"] =
      "record,code,title,lang,nature,order,addressees,action,measure,unit,aggregation,indicators,"
      "chapter,deadline,expected,period\n"
      "instrument,EUCA-2014,Action Plan,en,action_plan,,,,,,,,,,,2014/2020\n"
      "chapter,DDR,\"Demand, reduction\",en,,1,,,,,,,,,,\n"
      "indicator,OST-CLIENTS,Clients,en,,,,,unit,person,last,,,,,\n"
      "commitment,DDR/08,,en,undertaking,,KG; KZ,\"Introduce \"\"OST\"\"\",,,,OST-CLIENTS,,,,\n"
      "round,MTR-2017,,,mid_term,,,,,,,,,2017-09-30,KG; KZ,2014/2016\n";
  seeds["semicolons"] = "record;code\nchapter;DDR\n";
  seeds["cut"] = "record,code,title\r\nchapter,DDR,\"Dem";
}

void AddConfig(Seeds& seeds) {
  seeds["node"] =
      "data = \"/var/lib/entente\"\nlisten = \"0.0.0.0:7400\"\nadvertise = \"kg.example:7400\"\n"
      "socket = \"/run/entente/node.sock\"\nshutdown_grace = \"30s\"\n\n[log]\nlevel = \"debug\"\n"
      "format = \"json\" # a comment\nfile = '/var/log/node.log'\n\n[limits]\n"
      "connections_per_source = 16\nconnections_total = 0x400\n\n[sync]\ninterval = \"1m\"\n"
      "backoff_max = \"15m\"\n";
  seeds["toml"] = "data = \"\"\"\nx\\u00e9\"\"\"\na.b.c = 1\nd = [1, 2]\ne = { f = 1979-05-27 }\n";
}

// What the programs write, read back from where they wrote it.
void AddKeyFiles(Seeds& seeds) {
  const ScratchDirectory directory;
  const std::string key_path = directory.path() + "/key";
  const crypto::PrivateKey key = support::KeyFrom("author");
  seeds["pem"] = std::string(1, '\0') + key.ToPem("").value();
  keys::Mark mark;
  mark.instrument = crypto::Sha256As<base::InstrumentId>({"instrument"});
  mark.sequence = 12;
  mark.entry = crypto::Sha256As<base::EntryId>({"entry"});
  ENTENTE_CHECK(keys::RememberRun(key_path, mark, {{"leaf", "payload"}, {"another", ""}}).ok());
  mark.incarnation = 2;
  ENTENTE_CHECK(keys::SetMark(key_path, mark).ok());
  seeds["mark"] = "\1" + FileText(key_path + ".mark");
  seeds["pending"] = "\2" + FileText(key_path + ".pending");
  ledger::Note note;
  note.id = crypto::Sha256As<base::NoteId>({"note"});
  ENTENTE_CHECK(keys::RememberSigned(key_path, note).ok());
  seeds["signed"] = "\3" + FileText(key_path + ".signed");
}

void AddBackups(Seeds& seeds) {
  std::string lines;
  for (const char* path : {"meta/1", "private/1/CURRENT", "shared/000012_s1.sst"}) {
    absl::StrAppend(&lines, crypto::Sha256(path).ToHex(), "  ", path, "\n");
  }
  seeds["manifest"] = "\1" + lines;
  const std::string number = storage::EncodeCommit(77);
  seeds["head"] = std::string(1, '\0') + number + crypto::Sha256(number).str().substr(0, 8);
}

}  // namespace

void AddFileSeeds(AllSeeds& all) {
  AddCatalogue(all["catalogue"]);
  AddConfig(all["config"]);
  AddKeyFiles(all["key_file"]);
  AddBackups(all["backup"]);
  all["certificate"]["node"] = kCertificate;
}

}  // namespace entente::fuzz
