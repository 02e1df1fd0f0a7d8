mod texts;
mod who_gets_what;
