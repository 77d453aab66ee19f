// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

// Private to the report: its style sheet.
namespace synann::exports::report {

// Eight colours that every kind of colour vision tells apart (M. Okabe, K. Ito 2008, darkened for light
// ground). On paper the light ones.
inline constexpr std::string_view kReportStyle = R"css(:root { color-scheme: light dark;
  --ground: #ffffff; --text: #1b1e23; --soft: #5b626c; --line: #d8dce2; --band: #f3f5f8;
  --c0: #0067a5; --c1: #c45000; --c2: #00775a; --c3: #a6497f; --c4: #7a6a00; --c5: #2f8fc4; --c6: #5a5a5a; --c7: #6b3fa0;
  --right: #dcebf7; --wrong: #fbe5d6; }
@media screen and (prefers-color-scheme: dark) { :root {
  --ground: #16181c; --text: #e6e8eb; --soft: #a3abb5; --line: #3a4048; --band: #1f2329;
  --c0: #56b4e9; --c1: #e69f00; --c2: #2fc79b; --c3: #df8fc0; --c4: #e3d84a; --c5: #8fb8ff; --c6: #b5b5b5; --c7: #b99be8;
  --right: #17344a; --wrong: #4a2c14; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.5 "DejaVu Sans", system-ui, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem 1rem; }
h1 { font-size: 1.7rem; margin: 0 0 1rem; } h2 { font-size: 1.3rem; margin: 2rem 0 .5rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .4rem; }
h1, h2, h3, p, figcaption, .pairs td { overflow-wrap: anywhere; }
.wide { overflow-x: auto; } .overview td:first-child { overflow-wrap: anywhere; min-width: 8rem; }
.path, .aside, figcaption, footer { color: var(--soft); font-size: .88rem; }
.note { white-space: pre-wrap; border-left: 3px solid var(--line); padding-left: .8rem; }
.tag { background: var(--band); border: 1px solid var(--line); border-radius: .6rem; padding: 0 .5rem; }
table { border-collapse: collapse; font-size: .88rem; font-variant-numeric: tabular-nums; max-width: 100%; }
th, td { border-bottom: 1px solid var(--line); padding: .2rem .55rem; text-align: left; vertical-align: top; }
th { background: var(--band); font-weight: 600; }
.number { text-align: right; white-space: nowrap; } .numbers th { text-align: right; } .pairs .number { text-align: left; }
.confusion td, .confusion th { text-align: right; padding: .15rem .4rem; }
td.right { background: var(--right); font-weight: 600; } td.wrong { background: var(--wrong); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(28rem, 100%), 1fr)); gap: 1rem; align-items: start; }
figure { margin: 0; } svg { width: 100%; height: auto; display: block; }
.matrix { max-width: 26rem; } .matrix image { image-rendering: pixelated; }
svg text { fill: var(--text); font: 12px "DejaVu Sans", system-ui, sans-serif; }
svg .tick { font-size: 11px; fill: var(--soft); } svg .head { font-size: 14px; font-weight: 600; }
.grid { stroke: var(--line); stroke-width: 1; fill: none; }
.curve { fill: none; stroke-width: 2; stroke-linejoin: round; } .dot { stroke: none; }
.faint { opacity: .35; stroke-width: 1; } .dashed { stroke-dasharray: 6 4; }
.c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); } .c3 { stroke: var(--c3); }
.c4 { stroke: var(--c4); } .c5 { stroke: var(--c5); } .c6 { stroke: var(--c6); } .c7 { stroke: var(--c7); }
.dot.c0 { fill: var(--c0); } .dot.c1 { fill: var(--c1); } .dot.c2 { fill: var(--c2); } .dot.c3 { fill: var(--c3); }
.dot.c4 { fill: var(--c4); } .dot.c5 { fill: var(--c5); } .dot.c6 { fill: var(--c6); } .dot.c7 { fill: var(--c7); }
footer { margin-top: 2rem; border-top: 1px solid var(--line); padding-top: .5rem; }
@page { margin: 15mm; }
@media print { body { font-size: 9pt; } main { max-width: none; padding: 0; } th, td { padding: .1rem .35rem; }
  .wide { overflow: visible; } .overview { font-size: 7.5pt; } .overview th, .overview td { padding: .1rem .25rem; }
  .plots { display: block; } svg.plot { max-width: 120mm; margin-bottom: 4mm; } .matrix { max-width: 85mm; }
  svg, figure, tr, .confusion { break-inside: avoid; } h2, h3, h3 + .aside { break-after: avoid; }
  .run { break-before: page; } td, th, td.right, td.wrong, .tag { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
)css";

}  // namespace synann::exports::report
