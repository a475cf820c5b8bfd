//! Sets of permissions, small enough to copy.

use super::{Area, Permission};

/// A set of permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PermissionSet(u128);

impl PermissionSet {
    /// Nothing.
    pub const EMPTY: Self = Self(0);

    /// This set and the right to read these areas.
    #[must_use]
    pub const fn reading(self, mut areas: &[Area]) -> Self {
        let mut bits = self.0;
        while let [area, rest @ ..] = areas {
            bits |= Permission::Read(*area).bit();
            areas = rest;
        }
        Self(bits)
    }

    /// This set and the right to read and write these areas.
    #[must_use]
    pub const fn managing(self, mut areas: &[Area]) -> Self {
        let mut bits = self.reading(areas).0;
        while let [area, rest @ ..] = areas {
            bits |= Permission::Write(*area).bit();
            areas = rest;
        }
        Self(bits)
    }

    /// Both sets together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set and one more.
    #[must_use]
    pub const fn with(self, permission: Permission) -> Self {
        Self(self.0 | permission.bit())
    }

    /// Whether the permission is in the set.
    #[must_use]
    pub const fn contains(self, permission: Permission) -> bool {
        self.0 & permission.bit() != 0
    }

    /// Whether every permission of `other` is in this set: what an actor must hold to grant `other`.
    #[must_use]
    pub const fn includes(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the set is empty.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its permissions, in the order of the areas.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::all().filter(move |permission| self.contains(*permission))
    }
}

impl FromIterator<Permission> for PermissionSet {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        permissions.into_iter().fold(Self::EMPTY, Self::with)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SET: PermissionSet = PermissionSet::EMPTY.reading(&[Area::Users]).managing(&[Area::Devices]);

    #[test]
    fn managing_is_reading_and_writing() {
        assert!(SET.contains(Permission::Read(Area::Users)) && !SET.contains(Permission::Write(Area::Users)));
        assert!(
            SET.contains(Permission::Read(Area::Devices)) && SET.contains(Permission::Write(Area::Devices))
        );
        assert_eq!(SET.iter().count(), 3);
        assert_eq!(SET.iter().collect::<PermissionSet>(), SET);
    }

    #[test]
    fn a_set_includes_its_parts_only() {
        assert!(SET.includes(PermissionSet::EMPTY.reading(&[Area::Users, Area::Devices])));
        assert!(!SET.includes(PermissionSet::EMPTY.managing(&[Area::Users])));
    }
}
