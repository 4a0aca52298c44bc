package dev.zhida.attribution;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Checks an evidence file against the head that is printed on a statement, without the application or its database:
 * {@code java -cp quarkus-app/app/zhida-….jar dev.zhida.attribution.VerifyEvidence <file> <head>}. Ends with 0 if it
 * holds, with 1 if not, with 2 if it was not asked properly.
 */
public final class VerifyEvidence {

    private VerifyEvidence() {}

    public static void main(String... arguments) {
        System.exit(run(List.of(arguments)));
    }

    static int run(List<String> arguments) {
        if (arguments.size() != 2) {
            System.err.println("usage: VerifyEvidence <file> <head>");
            return 2;
        }
        try {
            return switch (EvidenceChain.verify(Files.readAllLines(Path.of(arguments.get(0))), arguments.get(1))) {
                case EvidenceChain.Verdict.Holds(var lines) -> {
                    System.out.println("holds: " + lines + " attributions");
                    yield 0;
                }
                case EvidenceChain.Verdict.Broken(var why) -> {
                    System.out.println("BROKEN: " + why);
                    yield 1;
                }
            };
        } catch (IOException e) {
            System.err.println("cannot be read: " + e.getMessage());
            return 2;
        }
    }
}
