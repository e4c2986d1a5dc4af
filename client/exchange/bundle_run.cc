#include "client/exchange/bundle_run.h"

#include <sys/stat.h>

#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/base/piecewise_file.h"
#include "client/context/bundle_methods.h"
#include "node/base/bytes.h"
#include "node/base/id.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

// A slow stick, a large bundle.
constexpr std::chrono::hours kBundleLimit(6);

bool IsDirectory(const std::string& path) {
  struct stat facts;
  return stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

// A stick that is not there must not become a file of its name: what ends in a slash, or has no
// ending, is meant as a folder.
absl::Status CheckFolder(const std::string& out) {
  if (IsDirectory(out)) return absl::OkStatus();
  const std::string name = out.substr(out.rfind('/') + 1);  // all of it where there is no slash
  if (!name.empty() && absl::StrContains(name, '.')) return absl::OkStatus();
  return Failure(absl::StatusCode::kFailedPrecondition, kFileUnwritable,
                 absl::StrCat(out, ": there is no such folder; nothing was written"),
                 "is the stick in, and mounted? make the folder, or name a file: it ends in "
                 ".bundle");
}

std::string NameOf(const v1::BundlePlan& plan, bool receipt) {
  const std::string set = base::ToHex(plan.set()).substr(0, 8);
  if (receipt) return absl::StrCat(plan.instrument(), "-receipt-", set, ".bundle");
  return absl::StrCat(plan.instrument(), "-for-", plan.recipient(), "-", set, ".bundle");
}

std::vector<std::string> PathsFor(const v1::BundlePlan& plan, bool receipt, std::string out,
                                  bool encrypted) {
  if (IsDirectory(out) || absl::EndsWith(out, "/")) {
    out = absl::StrCat(out, absl::EndsWith(out, "/") ? "" : "/", NameOf(plan, receipt),
                       encrypted ? ".age" : "");
  }
  if (plan.parts_size() == 1) return {out};
  std::string stem = out, ending;
  for (const char* known : {".bundle.age", ".bundle"}) {
    if (!absl::EndsWith(out, known)) continue;
    ending = known;
    stem.resize(stem.size() - ending.size());
    break;
  }
  std::vector<std::string> paths;
  for (int i = 1; i <= plan.parts_size(); ++i) {
    paths.push_back(absl::StrCat(stem, "-", i, "of", plan.parts_size(), ending));
  }
  return paths;
}

}  // namespace

absl::StatusOr<WrittenBundle> WriteBundle(Context& context, const v1::CreateBundleRequest& request,
                                          const std::string& out,
                                          const std::vector<std::string>& age_recipients) {
  RETURN_IF_ERROR(CheckFolder(out));
  WrittenBundle written;
  std::vector<std::string> paths;
  std::unique_ptr<NewFile> file;
  auto end_part = [&]() -> absl::Status {
    if (file == nullptr) return absl::OkStatus();
    RETURN_IF_ERROR(file->Close());
    file.reset();
    return absl::OkStatus();
  };
  auto each = [&](const v1::BundleChunk& chunk) -> absl::Status {
    if (chunk.has_plan()) {
      written.plan = chunk.plan();
      paths = PathsFor(chunk.plan(), request.receipt(), out, !age_recipients.empty());
      return absl::OkStatus();
    }
    if (chunk.part() != written.parts.size()) {
      RETURN_IF_ERROR(end_part());
      if (chunk.part() != written.parts.size() + 1 || chunk.part() > paths.size()) {
        return absl::InternalError("the node sent a part out of order");
      }
      const int index = static_cast<int>(chunk.part()) - 1;
      written.parts.push_back({paths[chunk.part() - 1], 0, written.plan.parts(index).entries()});
      file = std::make_unique<NewFile>();
      RETURN_IF_ERROR(file->Open(written.parts.back().path, age_recipients));
    }
    written.parts.back().bytes += chunk.data().size();
    return file->Write(chunk.data());
  };
  RETURN_IF_ERROR(context.Read(bundles::kCreateBundle, request, kBundleLimit, each));
  RETURN_IF_ERROR(end_part());
  return written;
}

absl::StatusOr<v1::ImportBundleResponse> FeedBundle(Context& context, const std::string& path,
                                                    bool store) {
  v1::ImportBundleRequest request;
  request.set_store(store);
  v1::ImportBundleResponse response;
  auto send = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(response, context.Call(bundles::kImportBundle, request, kBundleLimit));
    request.set_pass(response.pass());
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(ReadPieces(path, [&](absl::string_view piece) {
    request.set_data(piece.data(), piece.size());
    return send();
  }));
  request.clear_data();
  request.set_last(true);
  RETURN_IF_ERROR(send());
  return response;
}

}  // namespace entente::client
