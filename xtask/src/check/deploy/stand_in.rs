//! S3 and CloudFormation, as far as `sam deploy` asks them before it carries out a change.

use anyhow::Result;
use bytes::Bytes;
use harness::http::{Request, Response, Server, StatusCode};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The stack in which SAM keeps its bucket.
const MANAGED: &str = "aws-sam-cli-managed-default";

/// A request for a change set: its form.
#[derive(Debug, Clone)]
pub struct ChangeSet(BTreeMap<String, String>);

impl ChangeSet {
    /// A field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The value that a parameter of the template gets.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.get(&format!("{}.ParameterValue", self.place(name)?))
    }

    /// Whether a parameter of the template keeps the value that it has.
    pub fn keeps(&self, name: &str) -> bool {
        let place = self.place(name);
        place.and_then(|place| self.get(&format!("{place}.UsePreviousValue"))) == Some("true")
    }

    fn place(&self, name: &str) -> Option<&str> {
        let mut keys = self.0.iter().filter(|(_, value)| *value == name);
        keys.find_map(|(key, _)| key.strip_suffix(".ParameterKey"))
    }
}

/// The running stand-in.
pub struct StandIn {
    server: Server,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Default)]
struct Seen {
    change_set: Option<ChangeSet>,
    uploads: usize,
    /// The parameters of the stack, if there is one.
    stack: Option<Vec<String>>,
}

impl StandIn {
    /// Listens on a free port.
    pub async fn start() -> Result<Self> {
        let seen = Arc::<Mutex<Seen>>::default();
        let own = Arc::clone(&seen);
        let server = Server::start(0, move |request, _| {
            let seen = Arc::clone(&own);
            async move { respond(&request, &mut lock(&seen)) }
        });
        Ok(Self { server: server.await?, seen })
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// Takes the change set that was asked for last.
    pub fn change_set(&self) -> Option<ChangeSet> {
        lock(&self.seen).change_set.take()
    }

    /// How many objects were put into the bucket.
    pub fn uploads(&self) -> usize {
        lock(&self.seen).uploads
    }

    /// The stack exists from now on, with these parameters.
    pub fn has_stack(&self, parameters: Vec<String>) {
        lock(&self.seen).stack = Some(parameters);
    }
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}

fn respond(request: &Request, seen: &mut Seen) -> Result<Response> {
    match request.method().as_str() {
        "HEAD" => reply(StatusCode::NOT_FOUND, ""),
        "PUT" => {
            seen.uploads += 1;
            reply(StatusCode::OK, "")
        }
        "GET" => reply(StatusCode::OK, "<LocationConstraint/>"),
        _ => {
            let form: BTreeMap<String, String> =
                form_urlencoded::parse(request.body()).into_owned().collect();
            call(&ChangeSet(form), seen)
        }
    }
}

/// A call of CloudFormation.
fn call(form: &ChangeSet, seen: &mut Seen) -> Result<Response> {
    let action = form.get("Action").unwrap_or_default();
    let result = match (action, form.get("StackName"), &seen.stack) {
        ("DescribeStacks", Some(MANAGED), _) => stack(
            MANAGED,
            "<Tags><member><Key>ManagedStackSource</Key><Value>AwsSamCli</Value></member></Tags>\
             <Outputs><member><OutputKey>SourceBucket</OutputKey><OutputValue>a-bucket</OutputValue>\
             </member></Outputs>",
        ),
        ("DescribeStacks", Some(name), Some(_)) => stack(name, ""),
        ("GetTemplateSummary", _, Some(parameters)) => {
            let parameter =
                |name: &String| format!("<member><ParameterKey>{name}</ParameterKey></member>");
            let parameters: String = parameters.iter().map(parameter).collect();
            format!("<Parameters>{parameters}</Parameters>")
        }
        ("CreateChangeSet", ..) => {
            seen.change_set = Some(form.clone());
            "<Id>arn:aws:cloudformation:us-east-1:1:changeSet/x/1</Id><StackId>s</StackId>"
                .to_owned()
        }
        ("DescribeChangeSet", ..) => "<Status>CREATE_COMPLETE</Status><Changes/>".to_owned(),
        _ => {
            let error = format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code>\
                 <Message>{action}: Stack with id {} does not exist</Message></Error></ErrorResponse>",
                form.get("StackName").unwrap_or_default()
            );
            return reply(StatusCode::BAD_REQUEST, &error);
        }
    };
    let body =
        format!("<{action}Response><{action}Result>{result}</{action}Result></{action}Response>");
    reply(StatusCode::OK, &body)
}

fn stack(name: &str, more: &str) -> String {
    format!(
        "<Stacks><member><StackName>{name}</StackName><StackId>{name}</StackId>\
         <CreationTime>2026-01-01T00:00:00Z</CreationTime>\
         <StackStatus>CREATE_COMPLETE</StackStatus>{more}</member></Stacks>"
    )
}

fn reply(status: StatusCode, body: &str) -> Result<Response> {
    let response = hyper::Response::builder().status(status).header("content-type", "text/xml");
    Ok(response.header("etag", "\"0\"").body(Bytes::copy_from_slice(body.as_bytes()))?)
}
