#include "client/brief/html_parts.h"

namespace entente::client::brief {

// What a colour says is said by a word and a border as well, so that nothing is lost on a black and
// white printer. System fonts only: the file opens without a network.
const char* StyleSheet() {
  return R"css(
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { font: 12pt/1.45 "DejaVu Sans", "Noto Sans", Arial, sans-serif; color: #111;
  background: #fff; margin: 0 auto; padding: 1.5rem; max-width: 75rem; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .3rem; }
h2 { font-size: 1.5rem; border-bottom: 3px solid #111; padding-bottom: .2rem;
  margin: 2.4rem 0 .8rem; }
h3 { font-size: 1.15rem; margin: 1.6rem 0 .4rem; }
h4 { font-size: 1rem; margin: 1rem 0 .3rem; }
p { margin: .3rem 0; max-width: 50rem; }
a { color: inherit; }
.code { font-family: "DejaVu Sans Mono", monospace; font-size: .9em; }
.sub { font-size: 1.2rem; margin: 0 0 1rem; }
dl.facts { margin: .5rem 0; overflow: hidden; }
dl.facts dt { font-weight: bold; float: left; clear: left; width: 13rem; }
dl.facts dd { margin: 0 0 .15rem 13.5rem; overflow-wrap: anywhere; }
nav ol { columns: 2; padding-left: 1.4rem; }
.skip { position: absolute; left: -9999px; }
.skip:focus { position: static; }
table { border-collapse: collapse; margin: .6rem 0 1rem; }
caption { text-align: left; font-weight: bold; padding: .3rem 0; }
th, td { border: 1px solid #555; padding: .3rem .5rem; text-align: left; vertical-align: top; }
thead th { background: #eee; }
td.number { text-align: right; white-space: nowrap; }
table.matrix { width: 100%; table-layout: fixed; font-size: 1.05rem; }
table.matrix caption { font-size: 1.15rem; }
table.matrix th, table.matrix td { padding: .5rem; overflow-wrap: anywhere; }
table.matrix thead th .title { display: block; font-weight: normal; font-size: .75em; }
table.matrix th:first-child { width: 9rem; }
table.matrix tbody th { font-size: 1.3rem; }
table.matrix tbody th .title { display: block; font-weight: normal; font-size: .6em; }
table.matrix td { font-weight: bold; border-width: 2px; }
table.overview td { font-size: 1.6rem; text-align: center; }
td .was { display: block; font-weight: normal; font-size: .8em; }
.mark { font-size: 1.3em; }
.s-completed, .s-all { background: #cfe3f7; border: 4px double #111 !important; }
.s-in_progress, .s-some { background: #e2f2dc; border-left: 8px solid #111 !important; }
.s-not_started { background: #fff; border-left: 8px dotted #111 !important; }
.s-suspended, .s-discontinued { background: #ddd; text-decoration: line-through; }
.s-not_applicable, .s-unasked { color: #555; font-weight: normal !important; }
.s-nil, .s-reported { background: #f4f4f4; border-left: 8px double #111 !important; }
.s-after_close { background: #fff; border: 3px dashed #111 !important; font-style: italic; }
.s-conflict { background: #fbe0d4; border: 4px solid #111 !important; }
.s-absent, .s-withdrawn,
.s-not_counted { background: repeating-linear-gradient(45deg, #fff, #fff 9px, #ddd 9px,
  #ddd 11px); font-style: italic; font-weight: normal !important; border-style: dashed !important; }
.s-absent, .s-withdrawn, .s-not_counted { text-shadow: 0 0 3px #fff, 0 0 3px #fff, 0 0 3px #fff; }
table.overview .s-absent { font-size: 1.6rem; }
.item { border-top: 1px solid #999; padding: .4rem 0 .6rem; }
.item h3, .item h4, .item h5 { margin: .3rem 0; line-height: 1.7; }
.status { display: inline-block; padding: 0 .5rem; margin: 0 .6rem; border: 1px solid #555;
  font-weight: bold; }
.before { font-weight: normal; font-size: .9em; }
.changed { font-weight: bold; text-decoration: underline; }
.by, .remark { font-size: .85em; color: #333; }
.remark { font-style: italic; }
.version { margin: .2rem 0 .6rem 1rem; }
.conflicting { border-left: 3px solid #111; padding-left: .8rem; }
svg.chart { display: block; max-width: 100%; height: auto; }
svg.chart text { font: 13px "DejaVu Sans", "Noto Sans", Arial, sans-serif; fill: #111; }
figure { margin: 1rem 0; }
figcaption { font-weight: bold; }
footer { margin-top: 3rem; border-top: 3px solid #111; font-size: .85em; }
@media print {
  @page { size: A4 landscape; margin: 12mm; }
  body { font-size: 10pt; padding: 0; max-width: none; }
  h2 { break-before: page; }
  h2.first, .lists h2, footer h2 { break-before: auto; }
  h2, h3, h4, caption, figcaption { break-after: avoid; }
  tr, figure, .version > p, dl.facts, table.matrix, footer { break-inside: avoid; }
  table.matrix th, table.matrix td { padding: .25rem .4rem; }
  table.overview td, table.overview .s-absent { font-size: 1.1rem; }
  table.matrix tbody th { font-size: 1rem; }
  thead { display: table-header-group; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .skip { display: none; }
}
)css";
}

}  // namespace entente::client::brief
