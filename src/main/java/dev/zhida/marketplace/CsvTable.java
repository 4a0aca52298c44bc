package dev.zhida.marketplace;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Text tables, separated by commas or tabs: UTF-8, UTF-16 or GB18030, with or without a byte order mark. */
final class CsvTable {

    private static final Charset GB18030 = Charset.forName("GB18030");

    private CsvTable() {}

    static void read(Path file, ReportTable.Rows rows) throws IOException {
        var text = decode(Files.readAllBytes(file));
        var number = 0;
        try (var reader = CsvReader.builder()
                .fieldSeparator(separator(text))
                .skipEmptyLines(false)
                .allowMissingFields(true)
                .allowExtraFields(true)
                .ofCsvRecord(new StringReader(text))) {
            for (var record : reader) {
                rows.row(++number, withoutEmptyEnd(record.getFields()));
            }
        } catch (CsvParseException e) {
            throw new IOException("row " + (number + 1) + " is no CSV", e);
        }
    }

    private static String decode(byte[] bytes) throws IOException {
        if (starts(bytes, 0xEF, 0xBB, 0xBF)) {
            return strict(bytes, 3, StandardCharsets.UTF_8);
        }
        if (starts(bytes, 0xFF, 0xFE)) {
            return strict(bytes, 2, StandardCharsets.UTF_16LE);
        }
        if (starts(bytes, 0xFE, 0xFF)) {
            return strict(bytes, 2, StandardCharsets.UTF_16BE);
        }
        // Separators and digits are ASCII: in UTF-16 every one of them brings a zero byte, in other text none does.
        var zerosAtOdd = zeros(bytes, 1);
        var zerosAtEven = zeros(bytes, 0);
        if (zerosAtOdd + zerosAtEven > 0) {
            return strict(bytes, 0, zerosAtOdd > zerosAtEven ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_16BE);
        }
        try {
            return strict(bytes, 0, StandardCharsets.UTF_8);
        } catch (CharacterCodingException e) {
            return strict(bytes, 0, GB18030);
        }
    }

    private static String strict(byte[] bytes, int from, Charset charset) throws CharacterCodingException {
        return charset.newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(bytes, from, bytes.length - from))
                .toString();
    }

    private static boolean starts(byte[] bytes, int... mark) {
        for (var i = 0; i < mark.length; i++) {
            if (i >= bytes.length || (bytes[i] & 0xFF) != mark[i]) {
                return false;
            }
        }
        return true;
    }

    private static int zeros(byte[] bytes, int from) {
        var zeros = 0;
        for (var i = from; i < bytes.length; i += 2) {
            if (bytes[i] == 0) {
                zeros++;
            }
        }
        return zeros;
    }

    /** Whichever stands more often in the first lines. */
    private static char separator(String text) {
        var start = text.substring(0, Math.min(text.length(), 4_096));
        return start.chars().filter(c -> c == '\t').count()
                        > start.chars().filter(c -> c == ',').count()
                ? '\t'
                : ',';
    }

    static List<String> withoutEmptyEnd(List<String> cells) {
        var end = cells.size();
        while (end > 0 && cells.get(end - 1).isBlank()) {
            end--;
        }
        return new ArrayList<>(cells.subList(0, end));
    }
}
