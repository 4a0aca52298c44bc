package dev.zhida.report;

import io.agroal.api.AgroalDataSource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;
import org.postgresql.PGConnection;

/**
 * Sends a file for finance while PostgreSQL makes it. The whole file is one {@code COPY}, so it is of one moment; it is
 * never held, and the query ends when whoever asked goes away. What breaks in the middle has no last record.
 */
@ApplicationScoped
class FinanceDownload {

    /** Part of every tag: to be raised when the same rows make other bytes. */
    private static final String FORMAT = "1";

    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    private final AgroalDataSource dataSource;

    FinanceDownload(AgroalDataSource dataSource) {
        this.dataSource = dataSource;
    }

    /**
     * How a file is written.
     *
     * @param raw whether ids stand without the TAB that spreadsheets need
     */
    record Options(boolean raw, Charset charset) {
        static Options of(String format, String charset) {
            return new Options(
                    "raw".equals(format), "gb18030".equals(charset) ? FinanceCsv.GB18030 : StandardCharsets.UTF_8);
        }
    }

    /**
     * A CSV file.
     *
     * @param closedSince tells the closed month that all of its rows are of, so that it is the same bytes every time; {@code null}
     *     if it may change
     */
    Response csv(FinanceFile file, Options options, String closedSince, HttpHeaders request) {
        var name = file.name() + ".csv";
        var type = "text/csv; charset=" + options.charset().name().toLowerCase(Locale.ROOT);
        if (closedSince == null) {
            return response(200, stream(file, options), type, name).build();
        }
        var tag =
                '"' + hash(FORMAT, closedSince, file.sql(), String.join(",", file.header()), options.toString()) + '"';
        var known = request.getHeaderString(HttpHeaders.IF_NONE_MATCH);
        if (known != null && (known.strip().equals("*") || known.contains(tag))) {
            return Response.notModified().header(HttpHeaders.ETAG, tag).build();
        }
        var ifRange = request.getHeaderString("If-Range");
        var range = request.getHeaderString("Range");
        var wanted = range == null || (ifRange != null && !ifRange.equals(tag)) ? null : RANGE.matcher(range);
        var response = wanted == null
                        || !wanted.matches()
                        || wanted.group(1).isEmpty() && wanted.group(2).isEmpty()
                ? response(200, stream(file, options), type, name)
                : part(file, options, wanted.group(1), wanted.group(2), type, name);
        return response.header(HttpHeaders.ETAG, tag)
                .header("Accept-Ranges", "bytes")
                .build();
    }

    /** A workbook. It carries the time at which it was made, so it has no tag. */
    Response workbook(FinanceFile file) {
        StreamingOutput body = out -> {
            var sheet = new FinanceSheet(out, file);
            each(file.sql(), sheet::row);
            sheet.end();
        };
        return response(
                        200,
                        body,
                        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                        file.name() + ".xlsx")
                .build();
    }

    private static Response.ResponseBuilder response(int status, StreamingOutput body, String type, String name) {
        return Response.status(status)
                .entity(body)
                .type(type)
                .header("Content-Disposition", "attachment; filename=\"" + name + "\"");
    }

    private StreamingOutput stream(FinanceFile file, Options options) {
        return out -> write(file, options, out);
    }

    private void write(FinanceFile file, Options options, OutputStream out) throws IOException {
        var csv = new FinanceCsv(out, file, options.raw(), options.charset());
        each(file.sql(), csv::row);
        csv.end();
    }

    /** Makes the file on disk and sends a piece of it: rare, and rows have no fixed place in it. */
    private Response.ResponseBuilder part(
            FinanceFile file, Options options, String first, String last, String type, String name) {
        try {
            var whole = Files.createTempFile("zhida-", ".csv");
            try (var out = new BufferedOutputStream(Files.newOutputStream(whole))) {
                write(file, options, out);
            } catch (IOException | RuntimeException e) {
                Files.deleteIfExists(whole);
                throw e;
            }
            var size = Files.size(whole);
            var from = first.isEmpty() ? Math.max(0, size - Long.parseLong(last)) : Long.parseLong(first);
            var until = first.isEmpty() || last.isEmpty() ? size : Math.min(size, Long.parseLong(last) + 1);
            if (from >= size || from >= until) {
                Files.delete(whole);
                return Response.status(416).header("Content-Range", "bytes */" + size);
            }
            return response(206, out -> copy(whole, from, until, out), type, name)
                    .header("Content-Range", "bytes " + from + "-" + (until - 1) + "/" + size)
                    .header(HttpHeaders.CONTENT_LENGTH, until - from);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path whole, long from, long until, OutputStream out) throws IOException {
        try (var in = Files.newInputStream(whole)) {
            in.skipNBytes(from);
            var buffer = new byte[1 << 16];
            for (var left = until - from; left > 0; ) {
                var read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (read < 0) {
                    throw new IOException("the file is shorter than it was");
                }
                out.write(buffer, 0, read);
                left -= read;
            }
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    /** Takes the rows of a file. */
    @FunctionalInterface
    private interface Rows {
        void row(CopyRow row) throws IOException;
    }

    private void each(String sql, Rows rows) throws IOException {
        try (var connection = dataSource.getConnection()) {
            var copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut("copy (" + sql + ") to stdout");
            try {
                var row = new CopyRow();
                for (var line = copy.readFromCopy(); line != null; line = copy.readFromCopy()) {
                    row.read(line);
                    rows.row(row);
                }
            } finally {
                if (copy.isActive()) {
                    copy.cancelCopy();
                }
            }
        } catch (SQLException e) {
            throw new IOException("the file could not be made", e);
        }
    }

    private static String hash(String... parts) {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            for (var part : parts) {
                digest.update(part.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
