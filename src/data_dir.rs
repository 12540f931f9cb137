//! The directory where a server that runs alone keeps everything, and the lock on it.
//!
//! Two servers on one directory would host the same rooms and fence each other for ever, so the
//! second one refuses to start. The lock is the operating system's: it ends with the process, however
//! that ends, and a file left behind locks nothing.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// Why the directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Another server uses it.
    #[error("{} is in use by another server", .0.display())]
    InUse(PathBuf),
    /// It could not be made, or the lock in it could not be opened.
    #[error("{} cannot be used", path.display())]
    Unusable {
        /// The directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
}

/// A directory of one server's own, for as long as this value lives.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    /// Locked; unlocked when it is closed.
    _lock: File,
}

impl DataDir {
    /// Makes the directory if it is not there, readable by this user alone, and locks it.
    ///
    /// # Errors
    /// When another server uses it, or it cannot be made or written.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, DataDirError> {
        let path = path.into();
        let unusable = |source| DataDirError::Unusable { path: path.clone(), source };
        create(&path).map_err(unusable)?;
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(DataDirError::InUse(path)),
            Err(TryLockError::Error(source)) => Err(DataDirError::Unusable { path, source }),
        }
    }

    /// The directory itself.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(unix)]
fn create(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    // Session keys are kept here too.
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Whether other users than its owner can read a file or write it.
#[cfg(unix)]
pub fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn create(path: &Path) -> io::Result<()> {
    std::fs::create_dir_all(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn a_file_is_open_to_others_whoever_they_are() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, "").unwrap();
        for (mode, open) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(is_open_to_others(&path), open, "{mode:o}");
        }
        assert!(!is_open_to_others(&folder.path().join("nothing")));
    }

    #[test]
    fn a_second_server_on_the_directory_is_refused_until_the_first_has_ended() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("made/on the way");
        let first = DataDir::open(&path).unwrap();
        assert_eq!(first.path(), path);
        let second = DataDir::open(&path);
        assert!(matches!(second, Err(DataDirError::InUse(named)) if named == path));
        drop(first);
        DataDir::open(&path).unwrap();
    }

    #[test]
    fn a_lock_file_left_behind_locks_nothing() {
        let path = tempfile::tempdir().unwrap();
        std::fs::write(path.path().join("lock"), "left behind").unwrap();
        DataDir::open(path.path()).unwrap();
    }

    #[test]
    fn a_path_that_is_no_directory_is_refused() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("file");
        std::fs::write(&path, "").unwrap();
        assert!(matches!(DataDir::open(path), Err(DataDirError::Unusable { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_new_directory_is_for_this_user_alone() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("data");
        DataDir::open(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
