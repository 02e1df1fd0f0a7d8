//! OPTIONS /{proxy+}: tells browsers which pages of other origins may call the HTTP API, and how.

use shared::http::{Exit, serve_preflights};

fn main() -> Exit {
    serve_preflights()
}
