// entente series: one indicator over time, ours beside the others.
#include "client/commands/commands.h"
#include "client/context/question_methods.h"
#include "node/base/status_macros.h"

namespace entente::client {

namespace {

struct SeriesOptions {
  std::string indicator, from, to;
  std::vector<std::string> delegations, dims;
  bool long_form = false;
};

absl::StatusOr<Exit> ShowSeries(Context& context, const SeriesOptions& o) {
  v1::SeriesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_instrument(), context.Instrument(o.indicator));
  request.set_indicator(o.indicator);
  for (const std::string& code : o.delegations) request.add_delegations(code);
  request.set_from(o.from);
  request.set_to(o.to);
  for (const std::string& dim : o.dims) request.add_dims(dim);
  request.set_long_form(o.long_form);
  request.set_as_of(context.options.as_of);
  ASSIGN_OR_RETURN(const v1::Table table,
                   context.Call(questions::kSeries, request, std::chrono::seconds(120)));
  context.Emit(table);
  return Exit::kDone;
}

}  // namespace

void AddSeries(CLI::App& root, Context& context) {
  auto o = std::make_shared<SeriesOptions>();
  CLI::App* command =
      AddCommand(root, context, "series", "An indicator over time, delegation by delegation",
                 "entente series OST-CLIENTS --delegation KG,KZ --from 2015 --to 2018 --dim sex=T",
                 [&context, o] { return ShowSeries(context, *o); });
  command->add_option("indicator", o->indicator, "Its code; entente indicator list")->required();
  command->add_option("--delegation", o->delegations, "Only these, in this order")->delimiter(',');
  command->add_option("--from", o->from, "The first period, such as 2015 or 2015-Q1");
  command->add_option("--to", o->to, "The last period");
  command->add_option("--dim", o->dims, "Only values with this dimension, such as sex=T");
  command->add_flag("--long", o->long_form, "A row a value, with its source and its report");
  AddAsOf(*command, context);
}

}  // namespace entente::client
