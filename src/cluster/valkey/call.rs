//! One call to Valkey: a script or a plain command, with its keys and arguments.

use redis::{Cmd, Pipeline};

use super::scripts::Script;

/// A script or command, before it is known where it goes.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    what: What,
    keys: Vec<String>,
    args: Vec<Vec<u8>>,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Script(&'static Script),
    /// A command whose keys follow its name.
    Command(&'static str),
}

/// How a script is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Hash,
    Text,
}

impl Call {
    /// Calls a script.
    pub(crate) fn script(script: &'static Script) -> Self {
        Self { what: What::Script(script), keys: Vec::new(), args: Vec::new() }
    }

    /// Calls a command whose keys follow its name.
    pub(crate) fn command(name: &'static str) -> Self {
        Self { what: What::Command(name), keys: Vec::new(), args: Vec::new() }
    }

    /// Adds a key. The first decides where the call goes: all must lie in one slot.
    #[must_use]
    pub(crate) fn key(mut self, key: String) -> Self {
        self.keys.push(key);
        self
    }

    /// Adds an argument, which may be any bytes.
    #[must_use]
    pub(crate) fn arg(mut self, arg: impl AsRef<[u8]>) -> Self {
        self.args.push(arg.as_ref().to_vec());
        self
    }

    /// Adds a number as an argument.
    #[must_use]
    pub(crate) fn number(self, number: u64) -> Self {
        self.arg(number.to_string())
    }

    pub(super) fn first_key(&self) -> &str {
        self.keys.first().map_or("", String::as_str)
    }

    /// What it is called in messages.
    pub(super) fn name(&self) -> &'static str {
        match self.what {
            What::Script(script) => script.name,
            What::Command(name) => name,
        }
    }

    pub(super) fn pack(&self, form: Form) -> Cmd {
        let mut cmd = match self.what {
            What::Command(name) => redis::cmd(name),
            What::Script(script) => {
                let mut cmd = match form {
                    Form::Hash => redis::cmd("EVALSHA"),
                    Form::Text => redis::cmd("EVAL"),
                };
                match form {
                    Form::Hash => cmd.arg(script.hash()),
                    Form::Text => cmd.arg(script.text()),
                };
                cmd.arg(self.keys.len());
                cmd
            }
        };
        for key in &self.keys {
            cmd.arg(key);
        }
        for arg in &self.args {
            cmd.arg(&arg[..]);
        }
        cmd
    }
}

/// A call with what goes before and after it on the same connection.
pub(super) fn pipeline(cmd: Cmd, asking: bool, wait: Option<(u8, u64)>) -> Pipeline {
    let mut pipeline = redis::pipe();
    if asking {
        pipeline.cmd("ASKING");
    }
    pipeline.add_command(cmd);
    if let Some((replicas, millis)) = wait {
        pipeline.cmd("WAIT").arg(replicas).arg(millis);
    }
    pipeline
}
