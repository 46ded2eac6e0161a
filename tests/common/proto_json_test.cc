#include "common/proto_json.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/unknown_field_set.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <google/protobuf/util/time_util.h>
#include <gtest/gtest.h>

#include <iterator>
#include <random>
#include <vector>

#include "absl/strings/str_cat.h"
#include "every_kind.pb.h"
#include "mpic/v1/audit.pb.h"

namespace mpic {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::util::MessageDifferencer;

absl::Status Append(const Message& message, std::string& json) {
  return AppendProtoJson(*message.GetDescriptor(), message.SerializeAsString(), json);
}

std::string ToJson(const Message& message) {
  std::string json;
  const absl::Status status = Append(message, json);
  EXPECT_TRUE(status.ok()) << status;
  return json;
}

// What protobuf's own printer makes of it.
std::string ByProtobuf(const Message& message) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(message, &json, options).ok());
  return json;
}

test::Every Every(const std::string& text_format) {
  test::Every message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text_format, &message)) << text_format;
  return message;
}

// Fills a message of any type by chance, the same at every run.
class Filler {
 public:
  void Fill(Message& message, int depth) {
    if (auto* time = dynamic_cast<google::protobuf::Timestamp*>(&message)) {
      time->set_seconds(static_cast<std::int64_t>(Draw(4'000'000'000)) - 2'000'000'000);
      time->set_nanos(Nanos());
      return;
    }
    if (auto* duration = dynamic_cast<google::protobuf::Duration*>(&message)) {
      const int sign = Draw(2) == 0 ? 1 : -1;
      duration->set_seconds(sign * static_cast<std::int64_t>(Draw(100'000)));
      duration->set_nanos(sign * Nanos());
      return;
    }
    for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor* field = message.GetDescriptor()->field(i);
      // The order of a map's entries is nobody's promise.
      if (Draw(4) == 0 || field->is_map()) continue;
      const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
      if (is_message && depth == 0) continue;
      const int count = field->is_repeated() ? static_cast<int>(Draw(3)) : 1;
      for (int k = 0; k < count; ++k) Set(message, field, depth);
    }
  }

 private:
  std::uint64_t Draw(std::uint64_t below) { return random_() % below; }

  std::int32_t Nanos() {
    constexpr std::int32_t kUnits[] = {1, 1'000, 1'000'000, 1'000'000'000};
    const std::int32_t unit = kUnits[Draw(4)];
    return static_cast<std::int32_t>(Draw(1'000'000'000)) / unit * unit;
  }

  std::string Text() {
    static constexpr const char* kPieces[] = {
        "shop.example.com", "",
        "\"quoted\"",       "a\\b",
        "\n\t\r",           "1",
        "\x01\x1f",         "gr\xc3\xbc\xc3\x9f",
        "\xe6\x97\xa5",     "\xc2\x9b\xe2\x80\xa8\xe2\x80\xae"};
    return absl::StrCat(kPieces[Draw(std::size(kPieces))], kPieces[Draw(std::size(kPieces))]);
  }

  void Set(Message& message, const FieldDescriptor* field, int depth) {
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    const auto set = [&](auto single, auto repeated, auto value) {
      field->is_repeated() ? (reflection.*repeated)(&message, field, value)
                           : (reflection.*single)(&message, field, value);
    };
    using R = google::protobuf::Reflection;
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_BOOL:
        return set(&R::SetBool, &R::AddBool, Draw(2) == 0);
      case FieldDescriptor::CPPTYPE_INT32:
        return set(&R::SetInt32, &R::AddInt32, static_cast<std::int32_t>(random_()));
      case FieldDescriptor::CPPTYPE_UINT32:
        return set(&R::SetUInt32, &R::AddUInt32, static_cast<std::uint32_t>(random_()));
      case FieldDescriptor::CPPTYPE_INT64:
        return set(&R::SetInt64, &R::AddInt64, static_cast<std::int64_t>(random_()));
      case FieldDescriptor::CPPTYPE_UINT64:
        return set(&R::SetUInt64, &R::AddUInt64, random_());
      case FieldDescriptor::CPPTYPE_FLOAT:
        return set(&R::SetFloat, &R::AddFloat, static_cast<float>(Draw(1000)) / 8);
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return set(&R::SetDouble, &R::AddDouble,
                   static_cast<double>(static_cast<std::int64_t>(Draw(36'000)) - 18'000) / 100);
      case FieldDescriptor::CPPTYPE_ENUM:
        return set(&R::SetEnumValue, &R::AddEnumValue, static_cast<int>(Draw(200)));
      case FieldDescriptor::CPPTYPE_STRING:
        return set(&R::SetString, &R::AddString, Text());
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Fill(field->is_repeated() ? *reflection.AddMessage(&message, field)
                                         : *reflection.MutableMessage(&message, field),
                    depth - 1);
    }
  }

  std::mt19937_64 random_{20261128};
};

TEST(ProtoJsonTest, TheSameAsProtobufsOwnPrinter) {
  Filler filler;
  std::size_t octets = 0;
  for (int i = 0; i < 200; ++i) {
    v1::AuditRecord record;
    filler.Fill(record, 6);
    const std::string json = ToJson(record);
    ASSERT_EQ(json, ByProtobuf(record));
    octets += json.size();
  }
  EXPECT_GT(octets, 100'000U);  // they were filled
}

TEST(ProtoJsonTest, TheSameWithFieldsOfEveryKind) {
  Filler filler;
  std::size_t octets = 0;
  for (int i = 0; i < 200; ++i) {
    test::Every message;
    filler.Fill(message, 3);
    const std::string json = ToJson(message);
    ASSERT_EQ(json, ByProtobuf(message));
    octets += json.size();
  }
  EXPECT_GT(octets, 100'000U);
}

TEST(ProtoJsonTest, ZerosAreThereWhereTheyDifferFromNothing) {
  EXPECT_EQ(ToJson(Every("an_int32: 0 a_string: '' colour: GREY")), "{}");
  for (const auto& [text, json] : std::vector<std::pair<std::string, std::string>>{
           {"chosen_int32: 0", R"({"chosen_int32":0})"},
           {"chosen_string: ''", R"({"chosen_string":""})"},
           {"chosen_inner {}", R"({"chosen_inner":{}})"},
           {"chosen_colour: GREY", R"({"chosen_colour":"GREY"})"},
           {"optional_uint32: 0 optional_string: ''",
            R"({"optional_uint32":0,"optional_string":""})"},
           {"optional_double: 0", R"({"optional_double":0})"},
           {"inner {}", R"({"inner":{}})"},
           {"inners {} inners {}", R"({"inners":[{},{}]})"},
           {"int32s: 0 unpacked_int32s: 0", R"({"int32s":[0],"unpacked_int32s":[0]})"},
           {"strings: '' strings: ''", R"({"strings":["",""]})"},
           {"words {}", R"({"words":{"":""}})"}}) {
    const test::Every message = Every(text);
    EXPECT_EQ(ToJson(message), json);
    EXPECT_EQ(ToJson(message), ByProtobuf(message));
  }
}

TEST(ProtoJsonTest, TheLeastAndTheGreatestNumbers) {
  const test::Every message = Every(R"(
    an_int32: -2147483648 an_int64: -9223372036854775808
    a_uint32: 4294967295 a_uint64: 18446744073709551615
    a_sint32: -2147483648 a_sint64: -9223372036854775808
    an_sfixed32: -1 an_sfixed64: -1 colour: BLUE
    int32s: [-1, 2147483647] unpacked_sint64s: [-1, 1] unpacked_colours: [BLUE, GREY]
    doubles: [inf, -inf, nan])");
  EXPECT_EQ(ToJson(message),
            R"({"an_int32":-2147483648,"an_int64":"-9223372036854775808",)"
            R"("a_uint32":4294967295,"a_uint64":"18446744073709551615",)"
            R"("a_sint32":-2147483648,"a_sint64":"-9223372036854775808",)"
            R"("an_sfixed32":-1,"an_sfixed64":"-1","colour":"BLUE",)"
            R"("doubles":["Infinity","-Infinity","NaN"],"int32s":[-1,2147483647],)"
            R"("unpacked_sint64s":["-1","1"],"unpacked_colours":["BLUE","GREY"]})");
  EXPECT_EQ(ToJson(message), ByProtobuf(message));
}

TEST(ProtoJsonTest, KeysOfMapsAreStrings) {
  const test::Every message = Every(R"(
    words { key: "a\"b" value: "c" } by_number { key: -1 value { name: "d" } }
    by_truth { key: true value: 0.5 } by_long { key: 7 value: "e" }
    colours_by_name { key: "f" value: BLUE })");
  EXPECT_EQ(ToJson(message),
            R"({"words":{"a\"b":"c"},"by_number":{"-1":{"name":"d"}},"by_truth":{"true":0.5},)"
            R"("by_long":{"7":"ZQ=="},"colours_by_name":{"f":"BLUE"}})");
  EXPECT_EQ(ToJson(message), ByProtobuf(message));
}

// Of a later version, or what a known field cannot be.
TEST(ProtoJsonTest, UnknownFieldsAreLeftOut) {
  v1::Problem problem;
  problem.set_kind(v1::Problem::DNS_NXDOMAIN);
  problem.set_detail("d");
  const std::string known = ToJson(problem);
  google::protobuf::UnknownFieldSet& unknown =
      *problem.GetReflection()->MutableUnknownFields(&problem);
  unknown.AddLengthDelimited(1, "a kind that is a text");
  unknown.AddVarint(2, 7);
  unknown.AddFixed32(3, 1);
  unknown.AddFixed64(4, 1);
  unknown.AddGroup(5)->AddVarint(1, 1);
  unknown.AddLengthDelimited(100'000, std::string(300, 'x'));
  EXPECT_EQ(ToJson(problem), known);
  v1::AuditRecord record;
  *record.mutable_corroboration()->mutable_problem() = problem;
  record.set_coordinator("c");
  EXPECT_EQ(ToJson(record), ByProtobuf(record));
}

// A parser would take these, so that the JSON would say something else than the message.
TEST(ProtoJsonTest, WhatTheSerializerDoesNotWriteIsRefused) {
  v1::AuditRecord record;
  record.set_request_id("a");
  record.set_identifier("b");
  record.add_attempts()->set_attempt(1);
  (*record.mutable_tenant_labels())["c"] = "d";
  const std::string good = record.SerializeAsString();
  v1::AuditRecord first;
  first.set_request_id("a");
  struct Case {
    const char* name;
    std::string octets;
  };
  for (const Case& c : {Case{"a field twice", first.SerializeAsString() + good},
                        Case{"a field behind its place", good + first.SerializeAsString()},
                        Case{"tag zero", good + '\0'}, Case{"the end of a group", good + '\x0c'},
                        Case{"a map's entry without its value", "\x82\x01\x03\x0a\x01z"},
                        Case{"a map's entry without its key", "\x82\x01\x03\x12\x01z"}}) {
    SCOPED_TRACE(c.name);
    std::string json;
    EXPECT_TRUE(
        absl::IsInvalidArgument(AppendProtoJson(*v1::AuditRecord::descriptor(), c.octets, json)))
        << json;
  }
  for (std::size_t size = 1; size < good.size(); ++size) {
    std::string json;
    const absl::string_view cut = absl::string_view(good).substr(0, size);
    v1::AuditRecord parsed;
    EXPECT_EQ(AppendProtoJson(*v1::AuditRecord::descriptor(), cut, json).ok(),
              parsed.ParseFromArray(cut.data(), static_cast<int>(cut.size())))
        << size;
  }
}

TEST(ProtoJsonTest, AnEmptyMessageIsAnEmptyObject) { EXPECT_EQ(ToJson(v1::AuditRecord()), "{}"); }

TEST(ProtoJsonTest, MapsAreObjects) {
  v1::AuditRecord record;
  (*record.mutable_tenant_labels())["contract"] = "7 \"a\"";
  EXPECT_EQ(ToJson(record), R"({"tenant_labels":{"contract":"7 \"a\""}})");
  (*record.mutable_tenant_labels())["country"] = "";
  v1::AuditRecord read;
  ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(ToJson(record), &read).ok());
  EXPECT_TRUE(MessageDifferencer::Equals(read, record));
}

TEST(ProtoJsonTest, RealNumbersComeBackAsTheyWere) {
  for (const double value : {1e22, 1e-7, 0.1, 1.0 / 3, -89.999999999999986, 100000.0, 1e300}) {
    v1::Location location;
    location.set_latitude(value);
    v1::Location read;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(ToJson(location), &read).ok());
    EXPECT_EQ(read.latitude(), value);
  }
}

TEST(ProtoJsonTest, WhatIsNotUtf8IsReplaced) {
  v1::Problem problem;
  problem.set_detail("a\xff\x80z");
  EXPECT_EQ(ToJson(problem), "{\"detail\":\"a\uFFFD\uFFFDz\"}");
}

TEST(ProtoJsonTest, TheFirstAndTheLastTime) {
  struct Case {
    std::int64_t seconds;
    std::int32_t nanos;
    const char* text;
  };
  for (const Case& one : {Case{-62'135'596'800, 0, "\"0001-01-01T00:00:00Z\""},
                          Case{-1, 999'999'999, "\"1969-12-31T23:59:59.999999999Z\""},
                          Case{0, 0, "\"1970-01-01T00:00:00Z\""},
                          Case{1'772'236'800, 10'000, "\"2026-02-28T00:00:00.000010Z\""},
                          Case{253'402'300'799, 500'000'000, "\"9999-12-31T23:59:59.500Z\""}}) {
    google::protobuf::Timestamp time;
    time.set_seconds(one.seconds);
    time.set_nanos(one.nanos);
    EXPECT_EQ(ToJson(time), one.text);
    EXPECT_EQ(ToJson(time),
              absl::StrCat("\"", google::protobuf::util::TimeUtil::ToString(time), "\""));
  }
}

// Nobody could read such a record again.
TEST(ProtoJsonTest, TimesThatAreNoneAreRefused) {
  std::string json;
  v1::CheckResult result;
  result.mutable_started_at()->set_seconds(253'402'300'800);
  EXPECT_TRUE(absl::IsInvalidArgument(Append(result, json)));
  result.mutable_started_at()->set_seconds(0);
  result.mutable_started_at()->set_nanos(-1);
  EXPECT_TRUE(absl::IsInvalidArgument(Append(result, json)));
  v1::DnsStep step;
  step.mutable_elapsed()->set_seconds(1);
  step.mutable_elapsed()->set_nanos(-1);
  EXPECT_TRUE(absl::IsInvalidArgument(Append(step, json)));
}

}  // namespace
}  // namespace mpic
