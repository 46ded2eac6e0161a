#include "perspective/rules/html_meta.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"

namespace mpic::perspective {
namespace {

constexpr char kValue[] = "4f9c2a7be1d04c6f8a35b1e97d20c4aa";

// The offset, or the kind of problem.
std::string Find(const std::string& html, const std::string& token = kValue) {
  const OrProblem<std::size_t> offset = FindInMetaTag(html, token);
  return offset.ok() ? absl::StrCat(*offset) : v1::Problem::Kind_Name(offset.problem().kind);
}

// V stands for the value.
std::string WithValue(std::string html) {
  for (auto at = html.find('V'); at != std::string::npos; at = html.find('V', at + 1)) {
    html.replace(at, 1, kValue);
  }
  return html;
}

TEST(HtmlMetaTest, TagsThatCount) {
  const struct {
    const char* name;
    const char* html;
    const char* offset;
  } cases[] = {
      {"in the head of a page",
       "<!DOCTYPE html><html><head><title>x</title><meta name=\"ca\" content=\"V\"></head></html>",
       "43"},
      {"nothing but the tag", "<meta content=V>", "0"},
      {"in the body", "<p>x</p><div><meta content='V'></div>", "13"},
      {"capitals", "<META CONTENT=\"V\">", "0"},
      {"self-closing, on several lines", "<meta\n name=a\n content = 'V'\n/>", "0"},
      {"among other text", "<meta content=\"ca: V; x\">", "0"},
      {"second of two", "<meta content=x><meta content=V>", "16"},
      {"character references", "<meta content=\"&#x34;&#102;&#57;c2a7be1d04c6f8a35b1e97d20c4aa\">",
       "0"},
      {"behind a named reference", "<meta content='&quot;V&quot;'>", "0"},
      {"behind a comment that ends oddly", "<!--><meta content=V>", "5"},
      {"behind a script and its text", "<script>'<meta content=x>'</script><meta content=V>", "35"},
      {"behind octets that are not UTF-8", "\xff\xc3(\x80<meta content=V>", "4"},
      {"between octets that are not UTF-8", "<meta content='\xfe V \xff'>", "0"},
      {"out of an unclosed title's reach", "<title>x</title><p><meta content=V", "BODY_MISMATCH"},
      {"misnested tags", "<b><i></b><meta content=V></i>", "10"},
      {"in a table", "<table><tr><meta content=V></table>", "11"},
      {"behind a link in its attributes", "<a href='<meta content=x>'>y</a><meta content=V>", "32"},
      {"http-equiv or not", "<meta http-equiv=x content=V>", "0"},
      {"vector 55: a meta refresh to itself", "<meta http-equiv=refresh content='0;url=/V'>", "0"},
  };
  for (const auto& c : cases) EXPECT_EQ(Find(WithValue(c.html)), c.offset) << c.name;
}

TEST(HtmlMetaTest, WhatOnlyLooksLikeIt) {
  const struct {
    const char* name;
    const char* html;
  } cases[] = {
      {"empty", ""},
      {"the bare value", "V"},
      {"text", "<p>V</p>"},
      {"another attribute", "<meta name=V>"},
      {"another attribute's name", "<meta content-V=x>"},
      {"another tag", "<link content=V>"},
      {"a tag with a longer name", "<metadata content=V>"},
      {"a prefixed tag", "<x:meta content=V>"},
      {"a prefixed attribute", "<meta x:content=V>"},
      {"an end tag", "</meta content=V>"},
      {"the first of two contents is taken", "<meta content=x content=V>"},
      {"inside a longer token", "<meta content=xV>"},
      {"in another case", "<meta content=4F9C2A7BE1D04C6F8A35B1E97D20C4AA>"},
      {"references decoded once alone",
       "<meta content='&amp;#x34;f9c2a7be1d04c6f8a35b1e97d20c4aa'>"},
      {"spread over two tags", "<meta content=4f9c2a7be1d04c6f><meta content=8a35b1e97d20c4aa>"},
      {"an escaped tag", "&lt;meta content=V&gt;"},
      {"blank before the name", "< meta content=V>"},
      {"a comment", "<!-- <meta content=V> -->"},
      {"an unclosed comment", "<!-- <meta content=V>"},
      {"a bogus comment", "<!x <meta content=V>"},
      {"a bogus end tag", "</ <meta content=V>"},
      {"a processing instruction", "<?php <meta content=V>"},
      {"a script", "<script><meta content=V></script>"},
      {"a script that hides its end", "<script><!--<script></script><meta content=V>--></script>"},
      {"a style", "<style><meta content=V></style>"},
      {"a title", "<title><meta content=V></title>"},
      {"an unclosed title", "<title><meta content=V>"},
      {"a textarea", "<textarea><p><meta content=V></textarea>"},
      {"a quoted attribute", "<b title='<meta content=V>'>"},
      {"an unclosed quote", "<b title='><meta content=V>"},
      {"an unclosed tag", "<meta content=V"},
      {"an unclosed content", "<meta content='V>"},
      {"xmp", "<xmp><meta content=V></xmp>"},
      {"iframe", "<iframe><meta content=V></iframe>"},
      {"noembed", "<noembed><meta content=V></noembed>"},
      {"noframes", "<noframes><meta content=V></noframes>"},
      {"plaintext", "<plaintext></plaintext><meta content=V>"},
      {"noscript in the head", "<head><noscript><meta content=V></noscript></head>"},
      {"noscript in the body", "<body><noscript><meta content=V></noscript>"},
      {"noscript below", "<body><noscript><p><b><meta content=V></b></noscript>"},
      {"template", "<template><meta content=V></template>"},
      {"template in template", "<template><template></template><meta content=V></template>"},
      {"CDATA of SVG", "<svg><![CDATA[ > <meta content=V> ]]></svg>"},
  };
  for (const auto& c : cases) EXPECT_EQ(Find(WithValue(c.html)), "BODY_MISMATCH") << c.name;
}

TEST(HtmlMetaTest, NulsAreHarmless) {
  const std::string nul(1, '\0');
  EXPECT_EQ(Find(absl::StrCat(nul, "<meta content=", kValue, ">")), "1");
  EXPECT_EQ(Find(absl::StrCat("<meta content='", nul, kValue, "'>")), "0");
  EXPECT_EQ(Find(absl::StrCat("<meta content=4f9c2a7b", nul, "e1d04c6f8a35b1e97d20c4aa>")),
            "BODY_MISMATCH");
  EXPECT_EQ(Find(absl::StrCat("<me", nul, "ta content=", kValue, ">")), "BODY_MISMATCH");
}

std::string Repeated(const std::string& text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

// Whatever a page of hostile tags costs, within the bounds it is read to its end.
TEST(HtmlMetaTest, DeepPagesAreReadToTheirEnd) {
  const std::string tag = absl::StrCat("<meta content=", kValue, ">");
  for (const char* nested : {"<b>", "<div>", "<p>", "<ul><li>", "<a><div>", "<font></p>"}) {
    SCOPED_TRACE(nested);
    const std::size_t tags = Repeated(nested, 1).find('<', 1) == std::string::npos ? 2000 : 1000;
    const std::string page = Repeated(nested, tags);
    EXPECT_EQ(Find(page + tag), absl::StrCat(page.size()));
  }
}

TEST(HtmlMetaTest, PagesOverABoundHoldNothing) {
  const std::string tag = absl::StrCat("<meta content=", kValue, ">");
  EXPECT_EQ(Find(tag + Repeated("<b>", kHtmlTagsMax - 1)), "0");
  EXPECT_EQ(Find(tag + Repeated("<b>", kHtmlTagsMax)), "BODY_MISMATCH");
  EXPECT_EQ(Find(Repeated("<b>", 20'000)), "BODY_MISMATCH");

  // Each <p> opens every <b> anew: HTML's way to make much of little.
  std::string blowup = "<p>";
  for (int i = 0; i < 1000; ++i)
    absl::StrAppend(&blowup, "<b a", i, "=", std::string(10, 'x'), ">");
  blowup += Repeated("<p>x", 1000);
  const OrProblem<std::size_t> result = FindInMetaTag(tag + blowup, kValue);
  ASSERT_FALSE(result.ok());
  EXPECT_NE(result.problem().detail.find("8 MiB"), std::string::npos) << result.problem().detail;
  // The next page starts afresh.
  EXPECT_EQ(Find(tag), "0");
}

TEST(HtmlMetaTest, AnyOctetsAtAll) {
  const std::string alphabet = absl::StrCat(std::string("<>/!-='\"& \n\0\xff\xc3", 14),
                                            "meta content b p table template svg");
  std::uint32_t state = 1;
  for (int page = 0; page < 2000; ++page) {
    std::string html;
    for (int i = 0; i < 200; ++i) {
      state = state * 1664525 + 1013904223;
      html.push_back(alphabet[(state >> 16) % alphabet.size()]);
    }
    EXPECT_EQ(Find(html), "BODY_MISMATCH");
  }
}

}  // namespace
}  // namespace mpic::perspective
