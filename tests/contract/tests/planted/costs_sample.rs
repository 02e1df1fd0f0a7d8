//! A small set of sources for the tables of dollars and rates, with numbers that can be checked by hand.

/// Four functions: a read, one that hashes, a streamed one, and one in the background.
pub const TEMPLATE: &str = r#"
Parameters:
  RequestsPerSecond: { Type: Number, Default: 10 }
  QuotaStackTokensPerDay: { Type: Number, Default: 1000000 }
  QuotaStackUnverifiedPercent: { Type: Number, Default: 20 }
  AssistantMaxTokens: { Type: Number, Default: 400 }
Globals:
  Function: { Timeout: 10, MemorySize: 256 }
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
  TableInUse:
    Type: AWS::SSM::Parameter
    Properties: { Value: !Ref Table }
  TableInUseArn:
    Type: AWS::SSM::Parameter
    Properties: { Value: !GetAtt Table.Arn }
  KeysTable:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{ AttributeName: pk, AttributeType: S }]
      KeySchema: [{ AttributeName: pk, KeyType: HASH }]
  Errors: { Type: AWS::Logs::MetricFilter }
  Board: { Type: AWS::CloudWatch::Dashboard }
  One: { Type: AWS::CloudWatch::Alarm, Properties: { MetricName: late } }
  Two:
    Type: AWS::CloudWatch::Alarm
    Properties:
      Metrics: [{ Id: sum, Expression: a + b }, { Id: a, MetricStat: {} }, { Id: b, MetricStat: {} }]
  GetSession:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/get-session
      Events:
        Route: { Type: HttpApi, Properties: { Method: GET, Path: "/api/auth/get-session" } }
  Signin:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/signin
      MemorySize: 1024
      Events:
        Route: { Type: HttpApi, Properties: { Method: POST, Path: "/api/auth/signin" } }
  Chat:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/chat
      Events:
        Route: { Type: Api, Properties: { Method: POST, Path: "/" } }
  Sweep:
    Type: AWS::Serverless::Function
    Metadata: { Auth: background }
    Properties:
      CodeUri: target/lambda/sweep
"#;

pub const DATA_MODEL: &str = "# Data model

| item | pk |
|---|---|
| sweep job | `SWEEPS` |

| operation | keys | calls | round trips | read units | write units |
|---|---|---|---|---|---|
| `get-session` | k | c | 1 | 3 | 0 |
| `signin` wrong password | k | c | 2 | 4 | 2 |
| `chat` | k | c | 2 | 4 | 5 |
| `sweep` | k | c | 0 | 1 | 0 |
| any other function, at most | | | 3 | 4 | 3 |
";

pub const PRICES: &str = r#"
[price]
lambda_requests = { dollars = 1, per = "million", free = 1, source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
lambda_time = { dollars = 0.001, per = "GB-second", source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
read_units = { dollars = 0.5, per = "million", source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
write_units = { dollars = 1, per = "million", source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
storage = { dollars = 10, per = "GB", source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
backup = { dollars = 4, per = "GB", source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
metric = { dollars = 0.5, per = "month", free = 1, source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
alarm = { dollars = 0.25, per = "month", free = 1, source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
dashboard = { dollars = 3, per = "month", free = 3, source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
logs = { dollars = 3, per = "GB", source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
data_out = { dollars = 0.5, per = "GB", source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
mail = { dollars = 1, per = "thousand", source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
model_input = { dollars = 2, per = "million", source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
model_output = { dollars = 20, per = "million", source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
fargate_core = { dollars = 0.04, per = "hour", source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
fargate_memory = { dollars = 0.02, per = "hour", source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
postgres = { dollars = 0.1, per = "hour", source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
postgres_storage = { dollars = 0.1, per = "GB", source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
load_balancer = { dollars = 0.01, per = "hour", source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
load_balancer_use = { dollars = 0.01, per = "hour", source = "https://example.com", as_of = "2026", vendor = "https://example.com" }
public_address = { dollars = 0.04, per = "hour", source = "https://example.com", as_of = "2026", vendor = "https://example.com" }

[price.http_api]
dollars = 2
per = "million"
source = "https://example.com/http"
as_of = "2026"
vendor = "https://example.com"

[price.rest_api]
dollars = 4
per = "million"
source = "https://example.com/rest"
as_of = "2026"
vendor = "https://example.com"

[[alternative]]
name = "Somebody"
counts = "users"
source = "https://example.com"
as_of = "2026-09-20"
vendor = "https://example.com"
[[alternative.plan]]
name = "One"
base = 0
tiers = [{ to = 400, each = 0 }, { to = 100_000, each = 0.01 }]
"#;

pub const LIMITS: &str = r#"
[limit]
partition_writes = { value = 1_000, of = "writes", more = "no", source = "https://example.com", as_of = "2026" }
new_table_writes = { value = 4_000, of = "writes", more = "no", source = "https://example.com", as_of = "2026" }
new_table_reads = { value = 12_000, of = "reads", more = "no", source = "https://example.com", as_of = "2026" }
table_units = { value = 40_000, of = "units", more = "no", source = "https://example.com", as_of = "2026" }
functions = { value = 1_000, of = "functions", more = "no", source = "https://example.com", as_of = "2026" }
requests_of_an_instance = { value = 10, of = "requests", more = "no", source = "https://example.com", as_of = "2026" }

[limit.partition_reads]
value = 3_000
of = "reads"
more = "no"
source = "https://example.com"
as_of = "2026"
"#;

pub const FIGURES: &str = r#"
[function]
full_core_mb = 1_024
round_trip_ms = 5

[cpu.read]
ms = 1
better_auth_ms = 36
functions = ["get-session"]
[cpu.hash]
ms = 10
better_auth_ms = 100
functions = ["signin"]
[cpu.turn]
ms = 2.5
better_auth_ms = 36
functions = ["chat"]
[cpu.background]
ms = 2
better_auth_ms = 0
functions = ["sweep"]

[reply]
seconds = 1
write_units_per_second = 2
input_tokens = 100
output_tokens = 10
bytes = 10_000
operations = ["chat"]

[turn]
longest_prompt_tokens = 600

[floor]
ms = 500
operations = ["signin wrong password"]

[bytes]
own_line = 400
lambda_line = 300
gateway_line = 300
response = 2_000

[stored]
user_bytes = 2_000
turn_bytes = 1_000
months_of_turns = 3

[month.accounts]
"get-session" = 10
[month.chat]
"chat" = 2

[server]
hours = 730
peak = 5
utilisation = 0.6
task_cores = 0.25
task_gb = 0.5
balancer_addresses = 2
balancer_units = 1
storage_gb = 20
database = [{ users = 1_000, price = "postgres" }]

[typical]
turn = "chat"
read = "get-session"
sign_in = "get-session"
wrong_password = "signin wrong password"

[day]
operations = ["get-session"]

[scale]
operations = ["get-session", "chat"]

[[hot]]
item = "jobs"
key = "SWEEPS"
per = "job"
operations = ["chat"]
reads = 2
writes = 3
"#;

pub const METRICS: &str =
    r#"[Metric { name: "late", unit: "Count" }, Metric { name: "lost", unit: "Count" }]"#;

/// The names of the tables in docs/cost.md.
pub const TABLES_OF_COST: [&str; 9] =
    ["operations", "month", "bill", "alternatives", "server", "busy", "shares", "day", "prices"];
/// The names of the tables in docs/scale.md.
pub const TABLES_OF_SCALE: [&str; 3] = ["limits", "hot", "rates"];

/// A page with a place for each table.
pub fn page(tables: &[&str]) -> String {
    let places: Vec<String> = tables
        .iter()
        .map(|name| format!("# {name}\n\n<!-- {name} -->\n<!-- /{name} -->\n"))
        .collect();
    places.join("\n")
}
