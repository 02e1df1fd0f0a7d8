//! What `cargo xtask dev` prints when all is up.

use crate::progress;
use crate::stack::Stack;
use std::time::Duration;

/// Where things are, one request to try, and what to do next.
pub fn print(stack: &Stack, time: Duration) {
    let Stack { public_url: url, trusted_origins, table_url, .. } = stack;
    let origins = trusted_origins.replace(',', "\n         ");
    println!(
        r#"
Ready after {time}.
  API    {url}
  docs   {url}/docs
  table  {table_url} (DynamoDB; the data is kept in .local/dynamodb.db)
  pages  {origins}
         may call it from a browser, with cookies. Name others with TRUSTED_ORIGINS.

Try this:
  curl -i {url}/api/auth/signup -H 'content-type: application/json' \
    -d '{{"email": "ada@example.com", "password": "correct horse battery staple", "name": "Ada", "software_level": "beginner", "hardware_background": "robotics"}}'

It answers with a session_token. Send it along as the docs page shows:
  curl -i {url}/api/user/profile -H 'authorization: Bearer SESSION_TOKEN'

A function's first call takes a second or two. Save a file, and its functions are built anew.
Ctrl-C ends everything."#,
        time = progress::duration(time),
    );
}
