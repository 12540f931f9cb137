//! Every Lua script, by name. The text of each lies in a file of its own.

use std::sync::OnceLock;

/// A script. It is sent by its hash; a server that does not know the hash gets the text once.
#[derive(Debug)]
pub(crate) struct Script {
    /// What it is called in messages.
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
    hash: OnceLock<String>,
}

impl Script {
    const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text, hash: OnceLock::new() }
    }

    /// The SHA-1 of the text, in hexadecimal.
    pub(crate) fn hash(&self) -> &str {
        self.hash.get_or_init(|| redis::Script::new(self.text).get_hash().to_owned())
    }
}

macro_rules! scripts {
    ($($(#[$doc:meta])* $name:ident = $file:literal),+ $(,)?) => {
        $($(#[$doc])* pub(crate) static $name: Script =
            Script::new($file, include_str!(concat!("lua/", $file, ".lua")));)+
    };
}

scripts!(
    /// Answers the server's time.
    TIME = "time",
);
