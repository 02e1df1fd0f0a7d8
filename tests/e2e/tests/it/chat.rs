mod chat;
mod chat_again;
mod chat_deaths;
mod chat_prompts;
mod chat_stream;
mod chat_trouble;
mod turns;
