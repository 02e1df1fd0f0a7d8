mod chat_again;
mod chat_deaths;
mod chat_endpoints;
mod chat_prompts;
mod chat_stream;
mod chat_trouble;
mod chat_turn;
mod turns;
