//! What `cargo xtask dev` prints when everything runs.

use crate::progress;
use crate::stack::Stack;
use std::time::Duration;

/// Says where things are, which requests to try, and what to do next.
pub fn print(stack: &Stack, time: Duration) {
    let Stack { public_url: url, trusted_origins, table_url, .. } = stack;
    let origins = trusted_origins.replace(',', "\n         ");
    println!(
        r#"
Ready after {time}.
{application}  API    {url}
  docs   {url}/docs
  mails  {url}/__outbox (none leaves this machine)
{provider}  table  {table_url} (DynamoDB; the data is kept in .local/dynamodb.db)
  origins
         {origins}
         may call it from a browser, with cookies. Name others with TRUSTED_ORIGINS.

Try this:
  curl -i {url}/api/auth/signup -H 'content-type: application/json' \
    -d '{{"email": "ada@example.com", "password": "correct horse battery staple", "name": "Ada", "software_level": "beginner", "hardware_background": "robotics"}}'

The response has a session_token. Send it in the header `authorization`:
  curl -i {url}/api/user/profile -H 'authorization: Bearer SESSION_TOKEN'

Or call a function with an event:
  cargo lambda invoke ok{invoke_port} --data-file events/ok.json

A function's first call takes a second or two. Save a file, and its functions are built again.
Ctrl-C ends everything."#,
        time = progress::duration(time),
        application = application(stack),
        provider = provider(stack),
        invoke_port = invoke_port(stack),
    );
}

/// Where the example application is, if it is there.
fn application(stack: &Stack) -> String {
    if stack.has_application {
        return format!("  example {}/ (open it in a browser, and sign up)\n", stack.public_url);
    }
    String::new()
}

/// Where the provider `dev` is, if it is there.
fn provider(stack: &Stack) -> String {
    stack.provider.as_ref().map_or_else(String::new, |provider| {
        format!("  dev    {} (a provider to sign in with, as anyone)\n", provider.url())
    })
}

/// Empty for the port that `cargo lambda invoke` uses by itself.
fn invoke_port(stack: &Stack) -> String {
    match stack.port() {
        9000 => String::new(),
        port => format!(" --invoke-port {port}"),
    }
}
