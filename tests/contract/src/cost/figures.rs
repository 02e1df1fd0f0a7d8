//! What is assumed: CPU times, waits, bytes, and what a user does in a month.

use super::FIGURES;
use super::entry::{self, Entry};
use super::shares::Typical;
use crate::finding::Finding;

/// CPU time of a call, for some functions.
#[derive(Debug, Clone)]
pub struct Cpu {
    /// Milliseconds at a full core.
    pub ms: f64,
    /// The same for Better Auth.
    pub better_auth_ms: f64,
    /// The functions.
    pub functions: Vec<String>,
}

/// The reply of a model.
#[derive(Debug, Clone)]
pub struct Reply {
    /// How long it takes.
    pub seconds: f64,
    /// What its lease and its segments cost.
    pub write_units_per_second: f64,
    /// Tokens of the prompt.
    pub input_tokens: f64,
    /// Tokens of the reply.
    pub output_tokens: f64,
    /// What the client gets.
    pub bytes: f64,
    /// The operations that wait for one.
    pub operations: Vec<String>,
}

/// Bytes of one request.
#[derive(Debug, Clone)]
pub struct Bytes {
    /// Our log line.
    pub own_line: f64,
    /// Lambda's log line.
    pub lambda_line: f64,
    /// The gateway's log line.
    pub gateway_line: f64,
    /// The response.
    pub response: f64,
}

/// Bytes that stay in the table.
#[derive(Debug, Clone)]
pub struct Stored {
    /// Of a user.
    pub user_bytes: f64,
    /// Of a turn.
    pub turn_bytes: f64,
    /// How many months of turns there are.
    pub months_of_turns: f64,
}

/// A server of one's own.
#[derive(Debug, Clone)]
pub struct Server {
    /// Hours of a month.
    pub hours: f64,
    /// The busiest hour, in times of the mean.
    pub peak: f64,
    /// How far a task is filled.
    pub utilisation: f64,
    /// Cores of a task.
    pub task_cores: f64,
    /// Memory of a task.
    pub task_gb: f64,
    /// Public addresses of the load balancer; each task has one more.
    pub balancer_addresses: f64,
    /// Its capacity units.
    pub balancer_units: f64,
    /// The database's storage.
    pub storage_gb: f64,
    /// The price of the database, up to this number of users.
    pub database: Vec<(f64, String)>,
}

/// What one partition gets for each request of a kind.
#[derive(Debug, Clone)]
pub struct Hot {
    /// What is in the partition.
    pub item: String,
    /// Its key, as docs/data-model.md has it.
    pub key: String,
    /// What costs it the units.
    pub per: String,
    /// The operations that have these units among theirs.
    pub operations: Vec<String>,
    /// Read units.
    pub reads: f64,
    /// Write units.
    pub writes: f64,
}

/// The file of figures.
#[derive(Debug, Clone)]
pub struct Figures {
    /// The memory with which a function has a core, in MB.
    pub full_core_mb: f64,
    /// From a function to the table and back.
    pub round_trip_ms: f64,
    /// CPU times.
    pub cpu: Vec<Cpu>,
    /// The reply of a model.
    pub reply: Reply,
    /// Input of the largest turn.
    pub longest_prompt_tokens: f64,
    /// The shortest time of some operations, and these.
    pub floor: (f64, Vec<String>),
    /// Bytes of one request.
    pub bytes: Bytes,
    /// Bytes that stay.
    pub stored: Stored,
    /// Operations of a user's month, without the chat.
    pub accounts: Vec<(String, f64)>,
    /// Those that the chat adds.
    pub chat: Vec<(String, f64)>,
    /// A server of one's own.
    pub server: Server,
    /// Operations that stand for others.
    pub typical: Typical,
    /// Operations of which a day at the stage's limit is listed.
    pub day: Vec<String>,
    /// Operations whose greatest rate is listed.
    pub scale: Vec<String>,
    /// Partitions that get hot.
    pub hot: Vec<Hot>,
}

impl Figures {
    /// Reads the file's text.
    pub fn read(text: &str) -> Result<Self, Finding> {
        let document = entry::document(FIGURES, text)?;
        let root = Entry::root(FIGURES, &document);
        let function = root.table("function")?;
        let cpu = root.table("cpu")?.named();
        let floor = root.table("floor")?;
        let month = root.table("month")?;
        Ok(Self {
            full_core_mb: function.number("full_core_mb")?,
            round_trip_ms: function.number("round_trip_ms")?,
            cpu: cpu.iter().map(|(_, entry)| read_cpu(entry)).collect::<Result<_, _>>()?,
            reply: reply(&root.table("reply")?)?,
            longest_prompt_tokens: root.table("turn")?.number("longest_prompt_tokens")?,
            floor: (floor.number("ms")?, floor.texts("operations")?),
            bytes: bytes(&root.table("bytes")?)?,
            stored: stored(&root.table("stored")?)?,
            accounts: month.table("accounts")?.numbers()?,
            chat: month.table("chat")?.numbers()?,
            server: server(&root.table("server")?)?,
            typical: typical(&root.table("typical")?)?,
            day: root.table("day")?.texts("operations")?,
            scale: root.table("scale")?.texts("operations")?,
            hot: root.list("hot")?.iter().map(hot).collect::<Result<_, _>>()?,
        })
    }
}

fn read_cpu(entry: &Entry<'_>) -> Result<Cpu, Finding> {
    Ok(Cpu {
        ms: entry.number("ms")?,
        better_auth_ms: entry.number("better_auth_ms")?,
        functions: entry.texts("functions")?,
    })
}

fn reply(entry: &Entry<'_>) -> Result<Reply, Finding> {
    Ok(Reply {
        seconds: entry.number("seconds")?,
        write_units_per_second: entry.number("write_units_per_second")?,
        input_tokens: entry.number("input_tokens")?,
        output_tokens: entry.number("output_tokens")?,
        bytes: entry.number("bytes")?,
        operations: entry.texts("operations")?,
    })
}

fn bytes(entry: &Entry<'_>) -> Result<Bytes, Finding> {
    Ok(Bytes {
        own_line: entry.number("own_line")?,
        lambda_line: entry.number("lambda_line")?,
        gateway_line: entry.number("gateway_line")?,
        response: entry.number("response")?,
    })
}

fn stored(entry: &Entry<'_>) -> Result<Stored, Finding> {
    Ok(Stored {
        user_bytes: entry.number("user_bytes")?,
        turn_bytes: entry.number("turn_bytes")?,
        months_of_turns: entry.number("months_of_turns")?,
    })
}

fn server(entry: &Entry<'_>) -> Result<Server, Finding> {
    let database = entry.list("database")?;
    let database = database
        .iter()
        .map(|entry| Ok::<_, Finding>((entry.number("users")?, entry.text("price")?)));
    Ok(Server {
        hours: entry.number("hours")?,
        peak: entry.number("peak")?,
        utilisation: entry.number("utilisation")?,
        task_cores: entry.number("task_cores")?,
        task_gb: entry.number("task_gb")?,
        balancer_addresses: entry.number("balancer_addresses")?,
        balancer_units: entry.number("balancer_units")?,
        storage_gb: entry.number("storage_gb")?,
        database: database.collect::<Result<_, _>>()?,
    })
}

fn typical(entry: &Entry<'_>) -> Result<Typical, Finding> {
    Ok(Typical {
        turn: entry.text("turn")?,
        read: entry.text("read")?,
        sign_in: entry.text("sign_in")?,
        wrong_password: entry.text("wrong_password")?,
    })
}

fn hot(entry: &Entry<'_>) -> Result<Hot, Finding> {
    Ok(Hot {
        item: entry.text("item")?,
        key: entry.text("key")?,
        per: entry.text("per")?,
        operations: entry.texts("operations")?,
        reads: entry.number("reads")?,
        writes: entry.number("writes")?,
    })
}
