package dev.zhida.attribution;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * Lines of text, each chained to the one before it: the hash of a line is SHA-256 over the hash before it, in binary,
 * and the line in UTF-8. So the last hash, the head, stands for all of them in their order; no line can be changed,
 * left out, added or moved without another head. The first line is the title.
 *
 * <p>As a file every line ends with {@code \n}, and the last one says {@code #HEAD,<lines>,<head>}, the title not
 * counted; it is not part of the chain.
 */
final class EvidenceChain {

    static final String FORMAT = "zhida-evidence/1";
    private static final String END = "#HEAD,";

    private final MessageDigest digest;
    private byte[] head;
    private int lines;

    EvidenceChain(String title) {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
        head = digest.digest(oneLine(title));
    }

    /** The chain of a title and some lines. */
    static EvidenceChain of(String title, List<String> lines) {
        var chain = new EvidenceChain(title);
        lines.forEach(chain::add);
        return chain;
    }

    void add(String line) {
        digest.update(head);
        head = digest.digest(oneLine(line));
        lines++;
    }

    private static byte[] oneLine(String line) {
        if (line.indexOf('\n') >= 0 || line.startsWith(END)) {
            throw new IllegalArgumentException("not a line of evidence: " + line);
        }
        return line.getBytes(StandardCharsets.UTF_8);
    }

    byte[] head() {
        return head.clone();
    }

    String headText() {
        return HexFormat.of().formatHex(head);
    }

    int lines() {
        return lines;
    }

    /** The last line of the file. */
    String end() {
        return END + lines + "," + headText();
    }

    /** Whether a file's text holds what its head says; every other answer says what is wrong. */
    sealed interface Verdict {

        /** @param lines how many it holds */
        record Holds(int lines) implements Verdict {}

        record Broken(String why) implements Verdict {}
    }

    /** Checks the lines of a file against a head that came another way. */
    static Verdict verify(List<String> file, String head) {
        if (file.isEmpty() || !file.getFirst().startsWith(FORMAT + " ")) {
            return new Verdict.Broken("the file does not begin with " + FORMAT);
        }
        if (!file.getLast().startsWith(END)) {
            return new Verdict.Broken("the file breaks off: it has no last line " + END + "…");
        }
        try {
            var chain = of(file.getFirst(), file.subList(1, file.size() - 1));
            if (!chain.end().equals(file.getLast())) {
                return new Verdict.Broken("the lines give " + chain.end() + ", the file says " + file.getLast());
            }
            return chain.headText().equalsIgnoreCase(head.strip())
                    ? new Verdict.Holds(chain.lines())
                    : new Verdict.Broken("the lines give the head " + chain.headText() + ", not " + head);
        } catch (IllegalArgumentException e) {
            return new Verdict.Broken(e.getMessage());
        }
    }
}
