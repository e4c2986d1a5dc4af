// Rules of a report's attachments: only what the entry itself says, so that every node comes to the
// same verdict whether it holds the content or not.
#include <set>

#include "node/meaning/record/attachment.h"
#include "node/meaning/record/suggest.h"
#include "node/meaning/rules/rule_context.h"
#include "node/meaning/text/words.h"

namespace entente::meaning {
namespace {

void CheckName(const v1::Attachment& attachment, const std::string& field, RuleContext& context) {
  if (IsAttachmentName(attachment.name())) return;
  context.out.Refuse("E-ATT-NAME", field + ".name",
                     Quoted(attachment.name()) + " is no file name; give one of at most " +
                         std::to_string(kAttachmentNameMax) +
                         " characters without folders, such as order.pdf");
}

void CheckSize(const v1::Attachment& attachment, const std::string& field, RuleContext& context) {
  if (attachment.size() == 0) {
    context.out.Refuse("E-ATT-SIZE", field, "is empty; attach the file once it has content");
  } else if (attachment.size() > blob::kBlobBytesMax) {
    context.out.Refuse("E-ATT-SIZE", field,
                       BinarySize(attachment.size()) + ", limit " +
                           BinarySize(blob::kBlobBytesMax) + "; split it or give a link");
  }
}

void CheckHashes(const v1::Attachment& attachment, const std::string& field, RuleContext& context) {
  if (attachment.sha256().size() == 32 && attachment.root().size() == 32) return;
  context.out.Refuse("E-ATT-HASH", field,
                     "its SHA-256 has " + std::to_string(attachment.sha256().size()) +
                         " bytes and its tree root " + std::to_string(attachment.root().size()) +
                         ", each has 32; attach the file again with entente draft attach");
}

void CheckOne(const v1::Attachment& attachment, const std::string& field, RuleContext& context) {
  CheckName(attachment, field, context);
  CheckSize(attachment, field, context);
  if (!IsMediaType(attachment.media_type())) {
    context.out.Refuse("E-ATT-TYPE", field + ".media_type",
                       Quoted(attachment.media_type()) +
                           " is no media type; write type/subtype in lower case, such as "
                           "application/pdf");
  }
  CheckHashes(attachment, field, context);
  if (!attachment.lang().empty()) CheckLanguage(attachment.lang(), field + ".lang", context);
  if (!attachment.kind().empty() && !Contains(AttachmentKinds(), attachment.kind())) {
    context.out.Refuse("E-WORD", field + ".kind",
                       Quoted(attachment.kind()) + " is no kind of attachment" +
                           Suggestion(attachment.kind(), AttachmentKinds()));
  }
}

}  // namespace

void CheckAttachments(const v1::Report& report, RuleContext& context) {
  if (report.attachments_size() > kAttachmentsMax) {
    context.out.Refuse("E-ATT-SIZE", "attachments",
                       std::to_string(report.attachments_size()) + " attachments, limit " +
                           std::to_string(kAttachmentsMax) +
                           "; put several into one file, or report them apart");
    return;
  }
  std::set<std::string> names;
  for (int i = 0; i < report.attachments_size(); ++i) {
    const v1::Attachment& attachment = report.attachments(i);
    const std::string label =
        IsAttachmentName(attachment.name()) ? attachment.name() : std::to_string(i + 1);
    const std::string field = "attachments[" + label + "]";
    CheckOne(attachment, field, context);
    if (!names.insert(attachment.name()).second) {
      context.out.Refuse("E-ATT-NAME", field + ".name",
                         "stands twice; give each attachment of a report its own name");
    }
  }
}

}  // namespace entente::meaning
