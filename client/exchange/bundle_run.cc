#include "client/exchange/bundle_run.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "client/base/errors.h"
#include "client/base/files.h"
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

absl::Status CheckWritable(const std::string& folder) {
  return access(folder.c_str(), W_OK) == 0 ? absl::OkStatus() : FileUnwritable(folder, errno);
}

// Before the node is asked for anything. A stick that is not there must not become a file of its
// name: what ends in a slash, or has no ending, is meant as a folder.
absl::Status CheckPlace(const std::string& out) {
  if (IsDirectory(out)) return CheckWritable(out);
  const size_t slash = out.rfind('/');
  const std::string name = out.substr(slash + 1);  // all of it where there is no slash
  const std::string folder = slash == std::string::npos ? "." : out.substr(0, slash + 1);
  const bool file = !name.empty() && absl::StrContains(name, '.');
  if (file && IsDirectory(folder)) return CheckWritable(folder);
  return Failure(
      absl::StatusCode::kFailedPrecondition, kFileUnwritable,
      absl::StrCat(file ? folder : out, ": there is no such folder; nothing was written"),
      "is the stick in, and mounted? make the folder, or name a file: it ends in "
      ".bundle");
}

// A set of which some names are taken is written under none.
absl::Status CheckNames(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    if (!FileExists(path)) continue;
    return Failure(absl::StatusCode::kAlreadyExists, "FILE_EXISTS",
                   absl::StrCat(path, " exists and is not overwritten; nothing was written"),
                   "choose another name");
  }
  return absl::OkStatus();
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

// The files of one set, part by part. One that is not ended takes all of them away again: parts
// whose others are lost help nobody.
class SetWriter {
 public:
  SetWriter(Context& context, const v1::CreateBundleRequest& request, const std::string& out,
            const std::vector<std::string>& age_recipients)
      : request_(request), out_(out), age_recipients_(age_recipients), progress_(context) {}
  ~SetWriter() {
    if (ended_) return;
    // The last part never came to its name, which another program may have taken meanwhile.
    if (file_ != nullptr) written_.parts.pop_back();
    for (const WrittenPart& part : written_.parts) unlink(part.path.c_str());
  }

  absl::Status Take(const v1::BundleChunk& chunk) {
    if (chunk.has_plan()) return Begin(chunk.plan());
    if (chunk.part() != written_.parts.size()) RETURN_IF_ERROR(BeginPart(chunk.part()));
    written_.parts.back().bytes += chunk.data().size();
    progress_.Moved(chunk.data().size(), written_.parts.back().path);
    return file_->Write(chunk.data());
  }
  absl::StatusOr<WrittenBundle> Finish() {
    RETURN_IF_ERROR(EndPart());
    ended_ = true;
    return std::move(written_);
  }

 private:
  absl::Status Begin(const v1::BundlePlan& plan) {
    written_.plan = plan;
    if (request_.validate_only()) return absl::OkStatus();
    uint64_t bytes = 0;
    for (const v1::BundlePart& part : plan.parts()) bytes += part.bytes();
    progress_.set_all(bytes);
    if (plan.parts().empty()) return absl::OkStatus();
    paths_ = PathsFor(plan, request_.receipt(), out_, !age_recipients_.empty());
    return CheckNames(paths_);
  }
  absl::Status BeginPart(uint32_t part) {
    RETURN_IF_ERROR(EndPart());
    if (part != written_.parts.size() + 1 || part > paths_.size()) {
      return absl::InternalError("the node sent a part out of order");
    }
    auto file = std::make_unique<NewFile>();
    RETURN_IF_ERROR(file->Open(paths_[part - 1], age_recipients_));
    file_ = std::move(file);
    const int index = static_cast<int>(part) - 1;
    written_.parts.push_back({paths_[part - 1], 0, written_.plan.parts(index).entries()});
    return absl::OkStatus();
  }
  absl::Status EndPart() {
    if (file_ == nullptr) return absl::OkStatus();
    RETURN_IF_ERROR(file_->Close());
    file_.reset();
    return absl::OkStatus();
  }

  const v1::CreateBundleRequest& request_;
  const std::string out_;
  const std::vector<std::string>& age_recipients_;
  BundleProgress progress_;
  WrittenBundle written_;
  std::vector<std::string> paths_;
  std::unique_ptr<NewFile> file_;  // of the last part
  bool ended_ = false;
};

}  // namespace

absl::StatusOr<WrittenBundle> WriteBundle(Context& context, const v1::CreateBundleRequest& request,
                                          const std::string& out,
                                          const std::vector<std::string>& age_recipients) {
  if (!request.validate_only()) RETURN_IF_ERROR(CheckPlace(out));
  SetWriter writer(context, request, out, age_recipients);
  RETURN_IF_ERROR(context.Read(bundles::kCreateBundle, request, kBundleLimit,
                               [&](const v1::BundleChunk& chunk) { return writer.Take(chunk); }));
  return writer.Finish();
}

uint64_t BytesOf(const std::string& path) {
  struct stat facts;
  return stat(path.c_str(), &facts) == 0 ? static_cast<uint64_t>(facts.st_size) : 0;
}

absl::StatusOr<v1::ImportBundleResponse> FeedBundle(Context& context, const std::string& path,
                                                    const std::vector<std::string>& age_identities,
                                                    bool store, BundleProgress& progress) {
  v1::ImportBundleRequest request;
  request.set_store(store);
  v1::ImportBundleResponse response;
  auto send = [&]() -> absl::Status {
    ASSIGN_OR_RETURN(response, context.Call(bundles::kImportBundle, request, kBundleLimit));
    request.set_pass(response.pass());
    return absl::OkStatus();
  };
  const auto each = [&](absl::string_view piece) -> absl::Status {
    request.set_data(piece.data(), piece.size());
    RETURN_IF_ERROR(send());
    progress.Moved(piece.size(), path);
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(ReadDecrypted(path, age_identities, each));
  request.clear_data();
  request.set_last(true);
  RETURN_IF_ERROR(send());
  return response;
}

}  // namespace entente::client
