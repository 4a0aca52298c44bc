package dev.zhida.database;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** The server's programs, unpacked once from the archive that comes with the application. */
final class PostgresBinaries {

    /** Part of the folder's name, so that an upgrade unpacks anew. */
    static final String VERSION = "18.6.0";

    private PostgresBinaries() {}

    /** Unpacks into {@code parent} unless it is there, and answers the folder that holds {@code bin}. */
    static Path in(Path parent) throws IOException {
        var home = parent.resolve("programs-" + VERSION);
        if (Files.isDirectory(home)) {
            return home;
        }
        var unpacking = parent.resolve("programs-" + VERSION + ".unpacking");
        Folders.delete(unpacking);
        Files.createDirectories(unpacking);
        unpack(archiveName(), unpacking);
        // Renamed when complete: an unpacking that was interrupted is never taken for the programs.
        Files.move(unpacking, home, StandardCopyOption.ATOMIC_MOVE);
        return home;
    }

    private static String archiveName() {
        var system = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac") ? "darwin" : "linux";
        var machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        var arm = machine.contains("aarch64") || machine.contains("arm64");
        return "postgres-" + system + "-" + (arm ? "arm_64" : "x86_64") + ".txz";
    }

    private static void unpack(String archive, Path into) throws IOException {
        try (var resource = PostgresBinaries.class.getResourceAsStream("/" + archive)) {
            if (resource == null) {
                throw new DatabaseUnavailable("no embedded PostgreSQL for this system (" + archive
                        + "): set QUARKUS_DATASOURCE_JDBC_URL to a PostgreSQL 18 of your own");
            }
            try (var tar = new TarArchiveInputStream(
                    new XZCompressorInputStream(new BufferedInputStream(resource, 1 << 16)))) {
                for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    unpack(tar, entry, into);
                }
            }
        }
    }

    private static void unpack(TarArchiveInputStream tar, TarArchiveEntry entry, Path into) throws IOException {
        var target = into.resolve(entry.getName()).normalize();
        if (!target.startsWith(into)) {
            throw new IOException("the archive points outside of its folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            return;
        }
        Files.copy(tar, target);
        if ((entry.getMode() & 0100) != 0) {
            var permissions = EnumSet.copyOf(Files.getPosixFilePermissions(target));
            permissions.add(PosixFilePermission.OWNER_EXECUTE);
            permissions.add(PosixFilePermission.GROUP_EXECUTE);
            permissions.add(PosixFilePermission.OTHERS_EXECUTE);
            Files.setPosixFilePermissions(target, permissions);
        }
    }
}
