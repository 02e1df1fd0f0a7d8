//! `cargo xtask new-endpoint`: makes the directory of a new function, and prints the text for the
//! two files that describe it.

mod skeleton;

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, ValueEnum};
use skeleton::{Endpoint, Events};
use std::fs;
use std::process::ExitCode;
use template::router::Router;
use template::{Api, Template, root};

/// Start a new endpoint.
///
/// This makes functions/AREA/NAME and prints what to paste into template.yaml and openapi.yaml.
/// After that, `cargo xtask check --fix` writes the rest and says what is missing.
/// docs/adding-an-endpoint.md shows every step.
///
/// Example: cargo xtask new-endpoint GET /api/conversations/{conversation_id}/summary conversations/get-summary
#[derive(Debug, Args)]
pub struct Arguments {
    /// GET, POST, PUT, PATCH or DELETE.
    method: String,
    /// The path, with parameters in braces: /api/conversations/{conversation_id}.
    path: String,
    /// Its area and its name: user/get-profile.
    #[arg(value_name = "AREA/NAME")]
    place: String,
    /// Who may call it.
    #[arg(long, value_enum, default_value_t = Access::Required)]
    auth: Access,
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Access {
    /// 401 without a valid session.
    Required,
    /// Looks at no session.
    Public,
}

/// Makes the directory and prints the rest.
pub fn run(arguments: &Arguments) -> Result<ExitCode> {
    let template = Template::load()?;
    let endpoint = read(arguments, &template)?;
    let folder = root().join(endpoint.folder());
    ensure!(!folder.exists(), "{} exists already", endpoint.folder());
    ensure!(
        template.function(&endpoint.name).is_none(),
        "template.yaml has a function {} already",
        endpoint.name
    );
    let taken = template.functions.iter().find(|function| {
        function
            .routes
            .iter()
            .any(|route| route.method == endpoint.method && route.path == endpoint.path)
    });
    if let Some(function) = taken {
        bail!("{} {} is served by {} already", endpoint.method, endpoint.path, function.name);
    }
    fs::create_dir_all(folder.join("src"))
        .with_context(|| format!("cannot make {}", endpoint.folder()))?;
    fs::write(folder.join("Cargo.toml"), endpoint.manifest())?;
    fs::write(folder.join("src/main.rs"), endpoint.main())?;
    println!(
        "Made {folder}: put the handler into src/main.rs.\n\n\
         1. Paste this into template.yaml under Resources; the actions are those that its reads and writes need:\n\n{template}\n\
         2. Paste this into openapi.yaml{path}, and describe its bodies:\n\n{openapi}\n\
         3. Run `cargo xtask check --fix`, then `cargo xtask dev`.",
        folder = endpoint.folder(),
        template = endpoint.template(),
        path = if known_path(&template, &endpoint) {
            format!(" below the path {}, which is there already", endpoint.path)
        } else {
            " under paths".to_owned()
        },
        openapi = endpoint.openapi(),
    );
    Ok(ExitCode::SUCCESS)
}

fn known_path(template: &Template, endpoint: &Endpoint) -> bool {
    let mut routes = template.functions.iter().flat_map(|function| &function.routes);
    routes.any(|route| route.path == endpoint.path)
}

fn read(arguments: &Arguments, template: &Template) -> Result<Endpoint> {
    let method = arguments.method.to_uppercase();
    ensure!(
        ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()),
        "the method is GET, POST, PUT, PATCH or DELETE, not {method}"
    );
    let path = arguments.path.clone();
    ensure!(
        path.starts_with("/api/") && path.split('/').skip(1).all(is_segment),
        "the path is like /api/conversations/{{conversation_id}}, not {path}"
    );
    let names = arguments.place.split_once('/');
    let Some((area, name)) = names.filter(|(area, name)| is_name(area) && is_name(name)) else {
        bail!(
            "the third word is area/name in lower case, as user/get-profile, not {}",
            arguments.place
        );
    };
    let router = Router::new(template);
    let Some(resource) = router.resource(&path).map(str::to_owned) else {
        bail!("every path that begins with /{} belongs to the chat", router.mapping(&path));
    };
    Ok(Endpoint {
        method,
        events: events(template, router.api(&path), &path),
        resource,
        path,
        area: area.to_owned(),
        name: name.to_owned(),
        auth: arguments.auth,
    })
}

fn events(template: &Template, api: Api, path: &str) -> Events {
    let mut preflights = template.functions.iter().flat_map(|function| &function.preflights);
    match api {
        Api::Http => Events::Http,
        Api::Rest if preflights.any(|preflight| preflight.path == path) => Events::Rest,
        Api::Rest => Events::RestWithPreflight,
    }
}

fn is_segment(segment: &str) -> bool {
    let name = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(segment);
    !name.is_empty()
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c))
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use template::Settings;

    const TEMPLATE: &str = "
Resources:
  Table: { Type: AWS::DynamoDB::Table, Properties: {} }
  KeysTable: { Type: AWS::DynamoDB::Table, Properties: {} }
  ChatApi: { Type: AWS::Serverless::Api, Properties: { StageName: live } }
  ChatMapping: { Type: AWS::ApiGatewayV2::ApiMapping, Properties: { ApiId: !Ref ChatApi, ApiMappingKey: api/chat } }
  Chat:
    Type: AWS::Serverless::Function
    Metadata: { Auth: required }
    Properties:
      CodeUri: target/lambda/chat
      Events:
        Route: { Type: Api, Properties: { RestApiId: !Ref ChatApi, Method: POST, Path: / } }
        Preflight: { Type: Api, Properties: { RestApiId: !Ref ChatApi, Method: OPTIONS, Path: / } }
";

    fn of(method: &str, path: &str, place: &str) -> Result<Endpoint> {
        let arguments = Arguments {
            method: method.to_owned(),
            path: path.to_owned(),
            place: place.to_owned(),
            auth: Access::Required,
        };
        read(&arguments, &Template::parse(TEMPLATE, &Settings::default())?)
    }

    #[test]
    fn words_are_checked() {
        assert!(of("get", "/api/notes/{note_id}", "notes/get-note").is_ok());
        assert!(of("HEAD", "/api/notes", "notes/get-note").is_err());
        assert!(of("GET", "/notes", "notes/get-note").is_err());
        assert!(of("GET", "/api//notes", "notes/get-note").is_err());
        assert!(of("GET", "/api/notes", "get-note").is_err());
        assert!(of("GET", "/api/notes", "notes/GetNote").is_err());
    }

    #[test]
    fn the_handlers_first_argument_says_who_may_call() {
        let public =
            |path| Endpoint { auth: Access::Public, ..of("GET", path, "notes/get-note").unwrap() };
        let main = |path| of("GET", path, "notes/get-note").unwrap().main();
        for (main, argument, serve) in [
            (main("/api/notes"), "caller: Caller", "serve_signed_in(get_note)"),
            (
                main("/api/chat"),
                "caller: Caller",
                "serve_signed_in_streamed(Init::default(), get_note)",
            ),
            (public("/api/notes").main(), "_: &'static App", "serve(get_note)"),
            (
                public("/api/chat").main(),
                "_: &'static App",
                "serve_streamed(Init::default(), get_note)",
            ),
        ] {
            assert!(main.contains(&format!("fn get_note({argument}, _: Request)")), "{main}");
            assert!(main.contains(&format!("fn main() -> Exit {{\n    {serve}\n}}\n")), "{main}");
            let called = serve.split('(').next().unwrap();
            assert!(main.contains(&format!(", {called}}};\n")), "{main}");
        }
    }

    #[test]
    fn a_route_below_one_of_the_rest_api_is_its_too() {
        let text = |method, path| of(method, path, "notes/get-note").unwrap().template();
        let http = text("GET", "/api/notes");
        assert!(http.ends_with(
            "      Events:\n        Route:\n          Type: HttpApi\n          \
             Properties: { ApiId: !Ref HttpApi, Method: GET, Path: \"/api/notes\" }\n"
        ));
        let rest = text("GET", "/api/chat");
        assert!(rest.contains("Type: Api\n") && !rest.contains("OPTIONS"), "{rest}");
        assert!(rest.contains("Method: GET, Path: \"/\","), "{rest}");
        let first = text("GET", "/api/chat/{chat_id}/summary");
        for method in ["OPTIONS", "GET"] {
            let event = format!("Method: {method}, Path: \"/{{chat_id}}/summary\"");
            assert!(first.contains(&event), "{first}");
        }
        let main = of("GET", "/api/chat/{chat_id}/summary", "notes/get-note").unwrap().main();
        assert!(main.starts_with("//! GET /api/chat/{chat_id}/summary: "), "{main}");
        let error = of("GET", "/api/chatter", "notes/get-note").unwrap_err().to_string();
        assert!(error.contains("/api/chat belongs to the chat"), "{error}");
    }
}
