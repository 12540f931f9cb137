//! `keys create`, `keys rotate` and `keys list`: the file with the session keys. Servers read it again when it changes.

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::Failure;
use crate::auth::{Rotated, SessionKeys, new_key, rotate};

/// What is to be done with the keys.
#[derive(Clone, Debug)]
pub enum KeysOrder {
    /// Make a file with one key.
    Create,
    /// Begin to sign with another key.
    Rotate {
        /// Not yet: let all pods learn of it first.
        announce: bool,
    },
    /// Say which keys there are.
    List,
}

/// Carries out an order on this file.
///
/// # Errors
/// When the file cannot be read or written, or holds something that is no key.
pub async fn keys(file: PathBuf, order: KeysOrder) -> Result<String, Failure> {
    match order {
        KeysOrder::Create => create(&file),
        KeysOrder::Rotate { announce } => rotate_file(&file, announce),
        KeysOrder::List => list(&file),
    }
}

fn create(file: &Path) -> Result<String, Failure> {
    if file.exists() {
        let why = format!("{} is there; `keys rotate` changes it", file.display());
        return Err(Failure::Refused(why));
    }
    let key = new_key().ok_or_else(|| Failure::Refused("no key could be made".to_owned()))?;
    replace(file, &key)?;
    list(file)
}

fn rotate_file(file: &Path, announce: bool) -> Result<String, Failure> {
    let before = read(file)?;
    let rotated = rotate(&before, Timestamp::now(), announce).map_err(|e| not_keys(file, &e))?;
    replace(file, &rotated.keys)?;
    let Rotated { signs, verify, dropped, .. } = rotated;
    let mut text = format!("{signs} signs.\n");
    for key in verify {
        // Into a text: it cannot fail.
        let _ = writeln!(text, "{key} verifies.");
    }
    if dropped > 0 {
        let _ = writeln!(text, "{dropped} dropped: nothing that they signed can be good any more.");
    }
    Ok(text)
}

fn list(file: &Path) -> Result<String, Failure> {
    let keys = SessionKeys::from_pem(&read(file)?).map_err(|error| not_keys(file, &error))?;
    let line = |(number, id): (usize, &str)| {
        let does = if number == 0 { "signs" } else { "verifies" };
        format!("{id} {does}.\n")
    };
    Ok(keys.ids().enumerate().map(line).collect())
}

fn read(file: &Path) -> Result<SecretString, Failure> {
    fs::read_to_string(file).map(SecretString::from).map_err(|error| failed(file, &error))
}

/// Nobody ever reads half a file, only its owner may read it, and two do not write it at once.
fn replace(file: &Path, keys: &SecretString) -> Result<(), Failure> {
    let mut draft = file.as_os_str().to_owned();
    draft.push(".new");
    let draft = PathBuf::from(draft);
    let write = || -> io::Result<()> {
        let mut new = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
        new.write_all(keys.expose_secret().as_bytes())?;
        new.sync_all()?;
        fs::rename(&draft, file)
    };
    match write() {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let why = "somebody else is at it, or was interrupted: look, and remove it";
            Err(Failure::Refused(format!("{} is there: {why}", draft.display())))
        }
        Err(error) => {
            let _ = fs::remove_file(&draft);
            Err(failed(file, &error))
        }
    }
}

fn failed(file: &Path, error: &io::Error) -> Failure {
    Failure::Refused(format!("{} cannot be used: {error}", file.display()))
}

fn not_keys(file: &Path, error: &crate::auth::KeysError) -> Failure {
    Failure::Refused(format!("{} holds no session keys: {error}", file.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    async fn run(file: &Path, order: KeysOrder) -> Result<String, Failure> {
        keys(file.to_owned(), order).await
    }

    #[tokio::test]
    async fn keys_are_made_announced_and_rotated_in_a_file_that_its_owner_alone_reads() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.pem");
        let made = run(&file, KeysOrder::Create).await.unwrap();
        assert_eq!(made.lines().count(), 1);
        let first = made.split(' ').next().unwrap().to_owned();
        let announced = run(&file, KeysOrder::Rotate { announce: true }).await.unwrap();
        assert!(announced.starts_with(&format!("{first} signs.")), "{announced}");
        let rotated = run(&file, KeysOrder::Rotate { announce: false }).await.unwrap();
        assert!(rotated.ends_with(&format!("{first} verifies.\n")), "{rotated}");
        assert_eq!(run(&file, KeysOrder::List).await.unwrap(), rotated);
        assert!(!rotated.contains("PRIVATE"));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no draft is left");
    }

    #[tokio::test]
    async fn what_is_there_is_not_overwritten_and_what_is_no_key_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("keys.pem");
        let missing = run(&file, KeysOrder::Rotate { announce: false }).await.unwrap_err();
        assert_eq!(missing.code(), 1);
        fs::write(&file, "half a key").unwrap();
        for order in [KeysOrder::Create, KeysOrder::List, KeysOrder::Rotate { announce: true }] {
            let refused = run(&file, order).await.unwrap_err();
            assert!(!refused.to_string().contains("half"), "{refused}");
        }
        assert_eq!(fs::read_to_string(&file).unwrap(), "half a key");
        fs::remove_file(&file).unwrap();
        run(&file, KeysOrder::Create).await.unwrap();
        fs::write(folder.path().join("keys.pem.new"), "").unwrap();
        let busy = run(&file, KeysOrder::Rotate { announce: false }).await.unwrap_err();
        assert!(busy.to_string().contains("somebody else"), "{busy}");
    }
}
