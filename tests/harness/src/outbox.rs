//! Amazon SES on this machine, as far as the functions use it: takes the call `SendEmail` of SES v2, keeps
//! the mails in memory, and shows them to tests, programs and people. No deployed stack has it.

mod fault;
mod mail;
mod page;

pub use fault::MailFault;
pub use mail::Mail;

use crate::faults::Faults;
use crate::http::{self, Method, Request, Response, Server, StatusCode, lock};
use anyhow::{Result, bail};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// Where the mails are shown: a page, or a list as JSON with `?to=ADDRESS`.
pub const PATH: &str = "/__outbox";

/// A running outbox.
#[derive(Debug)]
pub struct Outbox {
    server: Server,
    kept: Arc<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    mails: Mutex<Vec<Mail>>,
    faults: Faults<MailFault>,
}

impl Outbox {
    /// Listens on this port; 0 means any free one.
    pub async fn start(port: u16) -> Result<Self> {
        let kept = Arc::<Kept>::default();
        let work = Arc::clone(&kept);
        let server = Server::start(port, move |request, _| {
            let work = Arc::clone(&work);
            async move { work.handle(request).await }
        });
        Ok(Self { server: server.await?, kept })
    }

    /// The end-point of SES.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// Everything that was sent, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        lock(&self.kept.mails).clone()
    }

    /// Lets the next `count` calls fail.
    pub fn fail(&self, fault: MailFault, count: usize) {
        self.kept.faults.add(fault, count);
    }

    /// Waits until `count` calls in all have met a fault, ten seconds at most.
    pub async fn reached(&self, count: usize) -> Result<()> {
        self.kept.faults.reached(count).await
    }

    /// Ends all faults, and calls that wait.
    pub fn clear_faults(&self) {
        self.kept.faults.clear();
    }

    /// Responds to requests for [`PATH`], which have this query.
    pub fn viewer(&self) -> impl Fn(Option<&str>) -> Response + Send + Sync + use<> {
        let kept = Arc::clone(&self.kept);
        move |query| kept.show(query)
    }
}

impl Kept {
    async fn handle(&self, request: Request) -> Result<Response> {
        // A page can't add this header to a request for another origin.
        let is_signed = request.headers().contains_key(AUTHORIZATION);
        match (request.method(), request.uri().path()) {
            (&Method::POST, "/v2/email/outbound-emails") if is_signed => self.send(&request).await,
            _ => Ok(http::message(StatusCode::NOT_FOUND, "not a call of SES")),
        }
    }

    /// `SendEmail`. The mail is taken, unless a fault says otherwise.
    async fn send(&self, request: &Request) -> Result<Response> {
        let release = self.faults.release();
        let fault = self.faults.take(|_| true);
        if let Some(response) = fault.and_then(MailFault::response) {
            return Ok(response);
        }
        if fault == Some(MailFault::HangUp) {
            bail!("the call is cut off");
        }
        let mail = match serde_json::from_slice::<Value>(request.body()) {
            Ok(body) => Mail::read(&body),
            Err(error) => Err(error.into()),
        };
        let number = match mail {
            Ok(mail) => {
                let mut mails = lock(&self.mails);
                mails.push(mail);
                mails.len()
            }
            Err(error) => {
                return Ok(fault::error(400, "BadRequestException", &format!("{error:#}")));
            }
        };
        match fault {
            Some(MailFault::HoldAfter) => release.wait().await,
            Some(MailFault::HangUpAfter) => bail!("the response is lost"),
            _ => {}
        }
        Ok(http::json(StatusCode::OK, &json!({ "MessageId": format!("outbox-{number}") })))
    }

    fn show(&self, query: Option<&str>) -> Response {
        let mails = lock(&self.mails).clone();
        if let Some(to) = query.and_then(|query| query.strip_prefix("to=")) {
            let to = percent_encoding::percent_decode_str(to).decode_utf8_lossy();
            let mails = mails.iter().filter(|mail| mail.to.eq_ignore_ascii_case(&to));
            return http::json(StatusCode::OK, &mails.map(Mail::as_json).collect());
        }
        let mut response = Response::new(page::render(&mails).into());
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert("content-security-policy", HeaderValue::from_static(page::POLICY));
        headers.insert("referrer-policy", HeaderValue::from_static("no-referrer"));
        response
    }
}
