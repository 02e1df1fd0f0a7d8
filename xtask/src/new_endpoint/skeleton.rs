//! The texts of a new endpoint.

use super::Access;
use std::fmt::Write;

/// What a new endpoint is called and where it lies.
#[derive(Debug)]
pub struct Endpoint {
    /// In capitals.
    pub method: String,
    /// With parameters in braces.
    pub path: String,
    /// The path as its API has it.
    pub resource: String,
    /// The folder below `functions`.
    pub area: String,
    /// Directory, package, binary and operationId.
    pub name: String,
    /// Who may call it.
    pub auth: Access,
    /// What brings requests to it.
    pub events: Events,
}

/// The events of a function that serves a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Events {
    /// The HTTP API's.
    Http,
    /// The REST API's.
    Rest,
    /// The REST API's, with the first preflight of this path.
    RestWithPreflight,
}

const HTTP_EVENT: &str = r#"        Route:
          Type: HttpApi
          Properties: { ApiId: !Ref HttpApi, Method: METHOD, Path: "RESOURCE" }
"#;

const REST_EVENT: &str = r#"        Route:
          Type: Api
          Properties: { RestApiId: !Ref ChatApi, Method: METHOD, Path: "RESOURCE", ResponseTransferMode: RESPONSE_STREAM }
"#;

const PREFLIGHT_EVENT: &str = r#"        Preflight:
          Type: Api
          Properties: { RestApiId: !Ref ChatApi, Method: OPTIONS, Path: "RESOURCE", ResponseTransferMode: RESPONSE_STREAM }
"#;

const MANIFEST: &str = r#"[package]
name = "NAME"
edition.workspace = true

[dependencies]
serde_json.workspace = true
shared.workspace = true

[lints]
workspace = true
"#;

const SIGNED_IN: &str = r#"//! METHOD PATH: says in one sentence what it does.

use serde_json::{Value, json};
use shared::app::Caller;
use shared::http::{Exit, Json, Request, Result, serve_signed_in};

async fn HANDLER(caller: Caller, _: Request) -> Result<Json<Value>> {
    // Every read of the caller's data checks the session in the same round trip.
    let profile = caller.store().profile().await?;
    Ok(Json(json!({ "has_profile": profile.is_some() })))
}

fn main() -> Exit {
    serve_signed_in(HANDLER)
}
"#;

const PUBLIC: &str = r#"//! METHOD PATH: says in one sentence what it does.

use serde_json::{Value, json};
use shared::app::App;
use shared::http::{Exit, Json, Request, Result, serve};

async fn HANDLER(_: &'static App, _: Request) -> Result<Json<Value>> {
    Ok(Json(json!({ "ok": true })))
}

fn main() -> Exit {
    serve(HANDLER)
}
"#;

const TEMPLATE: &str = "  LOGICAL:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: target/lambda/NAME
      Policies:
        - !Ref VerifySessions
        - Statement:
            - Effect: Allow
              Action: dynamodb:BatchGetItem
              Resource: !GetAtt TableInUseArn.Value
      Events:
";

const WITHOUT_TABLE: &str = "  LOGICAL:
    Type: AWS::Serverless::Function
    Metadata:
      Auth: public
    Properties:
      CodeUri: target/lambda/NAME
      MemorySize: 128
      Events:
";

impl Endpoint {
    /// The directory, relative to the repository.
    pub fn folder(&self) -> String {
        format!("functions/{}/{}", self.area, self.name)
    }

    /// Cargo.toml.
    pub fn manifest(&self) -> String {
        self.fill(MANIFEST)
    }

    /// src/main.rs.
    pub fn main(&self) -> String {
        let (text, serve) = match self.auth {
            Access::Required => (SIGNED_IN, "serve_signed_in"),
            Access::Public => (PUBLIC, "serve"),
        };
        let streamed = format!("{serve}_streamed");
        self.fill(&match self.events {
            Events::Http => text.to_owned(),
            Events::Rest | Events::RestWithPreflight => text
                .replace("app::App;", "app::{App, Init};")
                .replace("app::Caller;", "app::{Caller, Init};")
                .replace(&format!("{serve}}};"), &format!("{streamed}}};"))
                .replace(&format!("    {serve}("), &format!("    {streamed}(Init::default(), ")),
        })
    }

    /// The resource for template.yaml.
    pub fn template(&self) -> String {
        let resource = if self.auth == Access::Public { WITHOUT_TABLE } else { TEMPLATE };
        let events: &[&str] = match self.events {
            Events::Http => &[HTTP_EVENT],
            Events::Rest => &[REST_EVENT],
            Events::RestWithPreflight => &[PREFLIGHT_EVENT, REST_EVENT],
        };
        let resource = match self.events {
            Events::Http => resource.to_owned(),
            // A REST API waits for 29 seconds.
            _ => resource.replace("lambda/NAME\n", "lambda/NAME\n      Timeout: 30\n"),
        };
        self.fill(&format!("{resource}{}", events.concat()))
    }

    /// The operation for openapi.yaml, with its path.
    pub fn openapi(&self) -> String {
        let mut text = self.fill("  PATH:\n");
        let _ = writeln!(text, "    {}:", self.method.to_lowercase());
        text.push_str(&self.fill("      operationId: NAME\n      tags: [AREA]\n"));
        text.push_str("      summary: Says in one sentence what it does.\n");
        if self.auth == Access::Public {
            text.push_str("      security: []\n");
        }
        let names: Vec<&str> = self
            .path
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
            .collect();
        if !names.is_empty() {
            text.push_str("      parameters:\n");
        }
        for name in names {
            let _ = writeln!(
                text,
                "        - {{ name: {name}, in: path, required: true, schema: {{ type: string }} }}"
            );
        }
        text.push_str(
            "      responses:\n        \"200\":\n          description: It is done.\n          content:\n            application/json:\n              schema: { type: object }\n",
        );
        if self.auth == Access::Required {
            text.push_str("        \"401\": { $ref: \"#/components/responses/Unauthorized\" }\n");
        }
        text.push_str("        \"500\": { $ref: \"#/components/responses/Internal\" }\n");
        text.push_str("        \"503\": { $ref: \"#/components/responses/Unavailable\" }\n");
        text
    }

    fn fill(&self, text: &str) -> String {
        text.replace("HANDLER", &self.name.replace('-', "_"))
            .replace("LOGICAL", &contract::pascal_case(&self.name))
            .replace("NAME", &self.name)
            .replace("AREA", &self.area)
            .replace("METHOD", &self.method)
            .replace("RESOURCE", &self.resource)
            .replace("PATH", &self.path)
    }
}
