/* Tables in words, with labels, in each format. */
#include "fixture.h"
#include "report/table_format.h"
#include "report/words.h"
#include "support/latex.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void names_in_words(void **state) {
  (void)state;
  static const struct {
    const char *name, *unit, *expected;
  } TABLE[] = {
      {"time_ms", "ms", "time (ms)"},
      {"energy_peer_mj", "mJ", "energy peer (mJ)"},
      {"frame_loss", "ratio", "frame loss (%)"},
      {"joined_ratio", "ratio", "joined (%)"},
      {"bytes_air", "B", "bytes air (B)"},
      {"frames", "", "frames"},
      {"messages.up.bytes_air", "B", "messages up bytes air (B)"},
      {"version_1.2", "", "version 1.2"},
  };
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    char *title = words_title(TABLE[i].name, TABLE[i].unit);
    assert_string_equal(title, TABLE[i].expected);
    free(title);
  }
}

static void latex_escapes(void **state) {
  (void)state;
  static const struct {
    const char *words, *expected;
  } TABLE[] = {
      {"5 % of a_b & #1", "5 \\% of a\\_b \\& \\#1"},
      {"{x} $y$ \\z", "\\{x\\} \\$y\\$ \\textbackslash{}z"},
      {"~^<>|",
       "\\textasciitilde{}\\textasciicircum{}\\ensuremath{<}\\ensuremath{>}\\ensuremath{|}"},
      {"[1] [2]", "{}[1] [2]"},
      {"*", "{}*"},
      {"a--b ''", "a-{}-b '{}'"},
      {"1–2, µs ≥ 3 × 4’",
       "1--2, \\ensuremath{\\mu}s \\ensuremath{\\geq} 3 \\ensuremath{\\times} 4{'}"},
      {"Füße é", "F\\\"{u}\\ss{}e \\'{e}"},
      {"漢", "\\texttt{U+6F22}"},
      {"a\nb\x1b"
       "c\xff",
       "a b c?"},
  };
  for (size_t i = 0; i < sizeof TABLE / sizeof TABLE[0]; i++) {
    struct text latex = {0};
    latex_add(&latex, TABLE[i].words);
    assert_string_equal(text_string(&latex), TABLE[i].expected);
    text_deinit(&latex);
  }
}

static void latex_numbers(void **state) {
  (void)state;
  struct text latex = {0};
  latex_add_number(&latex, "[-3.5, inf]");
  assert_string_equal(text_string(&latex), "[\\ensuremath{-}3.5, \\ensuremath{\\infty}]");
  text_deinit(&latex);
}

/* What is in every format, of one table. */
static void formats(void **state) {
  (void)state;
  static const char *const FIELDS[] = {"a_case", "time | (ms)", "b -->", "-1.5 [-2, -1]",
                                       "c",      "-",           "d",     "inf"};
  struct grid grid = {.width = 2};
  struct text csv = {0};
  for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++)
    grid_put(&grid, i / 2, i % 2, FIELDS[i]);
  text_add(&csv, "machine,names\n");
  const struct table_content content = {"t", "T_1", "50 % <less>", "made -- here", &grid, &csv};
  static const char *const EXPECTED[] = {
      "T_1\n\na_case  time | (ms)\nb -->   -1.5 [-2, -1]\nc       -\nd       inf\n\n"
      "50 % <less>\n\nmade -- here\n",
      "machine,names\n",
      "<!-- made - - here -->\n\n**T\\_1**\n\n| a\\_case | time \\| (ms) |\n| --- | --: |\n"
      "| b --\\> | -1.5 [-2, -1] |\n| c | - |\n| d | inf |\n\n50 % \\<less\\>\n",
      "% T_1\n% made -- here\n%\n"
      "% \\usepackage{booktabs} before the document begins, and where the table is to be:\n"
      "%   \\begin{table}\n%     \\centering\n%     \\caption{T\\_1}\n%     \\label{tab:t}\n"
      "%     \\input{t.tex}\n%   \\end{table}\n"
      "\\begingroup\n\\normalsize\\setlength{\\tabcolsep}{6pt}%\n"
      "\\begin{tabular}{@{}lr@{~}l@{}}\n\\toprule\n"
      "a\\_case & \\multicolumn{2}{c}{time \\ensuremath{|} (ms)} \\tabularnewline\n\\midrule\n"
      "b -{}-\\ensuremath{>} & \\ensuremath{-}1.5 & [\\ensuremath{-}2, \\ensuremath{-}1] "
      "\\tabularnewline\n"
      "c & -- &  \\tabularnewline\nd & \\ensuremath{\\infty} &  \\tabularnewline\n\\bottomrule\n"
      "\\addlinespace[3pt]\n\\multicolumn{3}{@{}p{172pt}@{}}{\\raggedright 50 \\% "
      "\\ensuremath{<}less\\ensuremath{>}} \\tabularnewline\n\\end{tabular}%\n\\endgroup\n",
  };
  for (size_t i = 0; i < TABLE_FORMATS; i++) {
    struct text text = {0};
    TABLE_FORMAT[i].write(&content, &text);
    assert_string_equal(text_string(&text), EXPECTED[i]);
    text_deinit(&text);
  }
  grid_deinit(&grid);
  text_deinit(&csv);
}

static void assert_has_all(const struct fixture *fixture, const char *name,
                           const char *const *words) {
  char *content = fixture_read(fixture, name);
  for (; *words != NULL; words++)
    fixture_assert_has(content, *words);
  free(content);
}

#define HAS(fixture, name, ...)                                                                    \
  assert_has_all(fixture, name, (const char *const[]){__VA_ARGS__, NULL})

/* The headings are the same words in all that people read, and CSV has names. */
static void labels(void **state) {
  const struct fixture *fixture = *state;
  char *shown = fixture_run(
      fixture,
      "sweep: {frame_loss: [0, 0.1], association: [oscore, dtls]}\nrepeat: 6\ntables:\n"
      "  - name: t\n    against: {association: oscore}\n"
      "    columns: [success, median time_ms, {ratio: median time_ms}, {saving_share: mean "
      "frames}]\n"
      "    labels: &words {oscore: OSCORE, association dtls: DTLS 1.2, association: security,\n"
      "      median time_ms: time until the key, saving_share mean frames: fewer frames,\n"
      "      success: done (of all), coap_token: the token, CoAP: CoAP itself}\n"
      "  - {name: l, ledger: ledger, where: {frame_loss: 0.1}, labels: *words}\n"
      "  - {name: s, side_by_side: true, columns: [median time_ms, max frames], labels: *words}\n",
      true);
  assert_null(strstr(shown, "label is of nothing"));
  free(shown);
  HAS(fixture, "tables/t.csv",
      "frame_loss,association,runs,success,success low,success high,median ",
      ",saving_share mean frames,", "\n0.1,oscore,6,");
  HAS(fixture, "tables/t.txt",
      "frame loss (%)  security  runs  done (of all)     time until the key (ms)  "
      "median of paired ratios: time until the key  fewer frames (%)\n",
      "\n10              DTLS 1.2  6  ", "\nAgainst OSCORE, in pairs");
  HAS(fixture, "tables/t.md",
      "| frame loss (%) | security | runs | done (of all) | time until the ",
      "| --: | --- | --: | --: |", "| fewer frames (%) |", "| 10 | DTLS 1.2 | 6 |");
  HAS(fixture, "tables/t.tex", "}frame loss\\\\(\\%)\\end{tabular} & security & runs & ",
      "\n10 & DTLS 1.2 & 6 & ");
  HAS(fixture, "report.html",
      "<th scope=\"col\">frame loss (%)</th><th scope=\"col\">security</th>",
      "<th scope=\"col\">median of paired ratios: time until the key</th>", "tables/t.csv; as .txt, .md and .tex");
  HAS(fixture, "tables/l.txt", "  row (B)  ", "  OSCORE", "  DTLS 1.2\n", "\nCoAP itself  ",
      "  the token  ", "  share (%)  ");
  HAS(fixture, "tables/l.csv", "group,row,association oscore,association dtls\n",
      "CoAP,coap_token,");
  HAS(fixture, "tables/s.txt", "frame loss 10 %, DTLS 1.2", "\ntime until the key  ms  ",
      "\nmax frames  ");
}

static void labels_of_nothing(void **state) {
  const struct fixture *fixture = *state;
  free(fixture_write(
      fixture, "x.yaml",
      "sweep: {hops: [1, 2]}\nrepeat: 1\n"
      "tables: [{name: t, columns: [mean frames], labels: {mean frmes: x, hop: y}}]\n"));
  char *command = text_format(COAP_EAP_BENCH " plan --simulator " FAKE_SIMULATOR " %s/x.yaml 2>&1",
                              fixture->folder);
  FILE *stream = popen(command, "r");
  char said[4096];
  said[fread(said, 1, sizeof said - 1, stream)] = '\0';
  assert_int_equal(pclose(stream), 0);
  fixture_assert_has(said, "no value is `mean frmes`: the label is of nothing; did you mean `mean "
                           "frames`?");
  fixture_assert_has(said, "no value is `hop`: the label is of nothing; did you mean `hops`?");
  free(command);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(names_in_words), cmocka_unit_test(latex_escapes),
      cmocka_unit_test(latex_numbers),  cmocka_unit_test(formats),
      cmocka_unit_test(labels),         cmocka_unit_test(labels_of_nothing),
  };
  return cmocka_run_group_tests(tests, fixture_setup, fixture_teardown);
}
