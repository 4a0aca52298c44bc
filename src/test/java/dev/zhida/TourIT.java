package dev.zhida;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The tour of the README, word for word, on the packaged application; once in peace, once with a kill at each step. */
class TourIT {

    private static final Pattern BLOCK = Pattern.compile("```bash\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    private interface Between {
        void step() throws Exception;
    }

    /** A shell that keeps its variables from one step to the next. */
    private static final class Shell implements AutoCloseable {
        private static final String DONE = "-- done --";
        private final Process process;
        private final Writer in;
        private final BufferedReader out;

        Shell(Path folder) throws IOException {
            process = new ProcessBuilder("bash")
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .start();
            in = process.outputWriter(StandardCharsets.UTF_8);
            out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        String run(String commands) throws IOException {
            in.write(commands + "\necho\necho '" + DONE + "'\n");
            in.flush();
            var said = new StringBuilder();
            for (var line = out.readLine(); line != null && !line.equals(DONE); line = out.readLine()) {
                said.append(line).append('\n');
            }
            return said.toString();
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    private static List<String> steps(String url) throws IOException {
        var readme = Files.readString(Path.of("README.md"));
        var tour = readme.substring(readme.indexOf("## Five-minute tour"), readme.indexOf("## Run it"));
        return BLOCK.matcher(tour)
                .results()
                .map(MatchResult::group)
                .map(block -> block.substring("```bash\n".length(), block.length() - "```".length()))
                .map(block -> block.replace("http://localhost:8080", url))
                .toList();
    }

    private void tour(PackagedApp app, Between between) throws Exception {
        try (var shell = new Shell(folder)) {
            var steps = steps(app.url());
            assertThat(steps).hasSize(6);

            assertThat(shell.run(steps.get(0)))
                    .contains("\"platform\":\"XIAOHONGSHU\"")
                    .containsPattern("[2-9A-Z]{8} holds mm_\\d+_\\d+_\\d+");
            between.step();
            assertThat(shell.run(steps.get(1)))
                    .contains("200 OK", "302 Found")
                    .contains("在浏览器打开")
                    .contains("\"hostApp\":\"WECHAT\"", "\"outcome\":\"LANDING\"", "\"outcome\":\"REDIRECT\"")
                    .contains("\"total\":2");
            between.step();
            assertThat(shell.run(steps.get(2)))
                    .containsPattern("\"url\":\"https://(uland|s\\.click)\\.taobao\\.com/")
                    .contains("\"repaired\":\"1 wrong\"");
            between.step();
            assertThat(shell.run(steps.get(3)))
                    .contains("\"accepted\":2", "\"unchanged\":0", "\"row\":4", "lost digits");
            between.step();
            assertThat(shell.run(steps.get(4)))
                    .contains("\"estimatedFen\":1254", "\"settledFen\":1134", "\"confidence\":\"EXACT\"");
            between.step();
            var said = shell.run(steps.get(5));
            var end = Pattern.compile("#END,(\\d+),(-?\\d+),([0-9a-f]{64})").matcher(said);
            assertThat(end.find()).isTrue();
            assertThat(said).contains("\"creatorsFen\":" + end.group(2)).contains("\"denominator\":\"human-clicks\"");
        }
    }

    @Test
    void the_tour_works_word_for_word() throws Exception {
        try (var app = new PackagedApp(folder, "-Dquarkus.profile=demo")) {
            System.out.printf(
                    "demo ready after %d ms on an empty folder%n", app.start().toMillis());
            tour(app, () -> {});
            assertThat(app.stop()).isIn(0, 143);
        }
    }

    @Test
    void a_kill_between_any_two_steps_loses_nothing() throws Exception {
        try (var app = new PackagedApp(folder, "-Dquarkus.profile=demo")) {
            app.start();
            tour(app, () -> {
                app.kill();
                app.start();
            });
            assertThat(Files.readString(app.log())).contains("adopted PostgreSQL");
        }
    }

    @Test
    void without_the_demo_it_starts_on_an_empty_folder_and_again_on_an_existing_one() throws Exception {
        try (var app = new PackagedApp(folder)) {
            System.out.printf(
                    "ready after %d ms on an empty folder%n", app.start().toMillis());
            assertThat(folder.resolve("data/operator-key")).exists();
            assertThat(app.stop()).isIn(0, 143);
            System.out.printf(
                    "ready after %d ms on an existing folder%n", app.start().toMillis());
            assertThat(app.stop()).isIn(0, 143);
            assertThat(Files.readString(folder.resolve("application.log"))).doesNotContain("Exception");
        }
    }
}
