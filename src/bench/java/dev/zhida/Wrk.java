package dev.zhida;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The closed-loop load generator wrk: 64 connections on two threads, each asking as soon as it was answered. */
final class Wrk {

    private static final String RANDOM_COOKIE = """
            local threads = 0
            function setup(thread) thread:set("seed", os.time() + threads * 7919) threads = threads + 1 end
            function init(args) math.randomseed(seed) end
            local function visitor()
              return string.format("%08x-%04x-4%03x-8%03x-%012x", math.random(0, 0x7fffffff), math.random(0, 65535),
                math.random(0, 4095), math.random(0, 4095), math.random(0, 0x7fffffff))
            end
            local n = 0
            """;

    private final Path folder;

    Wrk(Path folder) {
        this.folder = folder;
    }

    /** What a run says; latencies in milliseconds. */
    record Result(double perSecond, double p50, double p99, long answered) {}

    static boolean installed(String program) {
        try {
            return new ProcessBuilder("sh", "-c", "command -v " + program)
                            .redirectErrorStream(true)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** A script that clicks the codes in turn, each time as another visitor. */
    Path clicks(String name, List<String> codes, String agent) throws IOException {
        Files.write(folder.resolve(name + ".codes"), codes);
        return Files.writeString(folder.resolve(name + ".lua"), """
                local codes = {}
                for line in io.lines("%s") do codes[#codes + 1] = line end
                %s
                request = function()
                  n = n + 1
                  return wrk.format("GET", "/r/" .. codes[n %% #codes + 1],
                    { ["User-Agent"] = "%s", ["Cookie"] = "zv=" .. visitor() })
                end
                """.formatted(folder.resolve(name + ".codes").toAbsolutePath(), RANDOM_COOKIE, agent));
    }

    /** A script that pastes the tokens in turn, with words around them. */
    Path pastes(String name, List<String> tokens, String agent) throws IOException {
        Files.write(folder.resolve(name + ".tokens"), tokens);
        return Files.writeString(folder.resolve(name + ".lua"), """
                local tokens = {}
                for line in io.lines("%s") do tokens[#tokens + 1] = line end
                %s
                request = function()
                  n = n + 1
                  return wrk.format("POST", "/api/v1/pastes", { ["User-Agent"] = "%s", ["Cookie"] = "zv=" .. visitor(),
                    ["Content-Type"] = "application/json" }, '{"text":"姐妹们冲 ' .. tokens[n %% #tokens + 1] .. ' 复制这段话"}')
                end
                """.formatted(folder.resolve(name + ".tokens").toAbsolutePath(), RANDOM_COOKIE, agent));
    }

    Result run(Path script, String url, Duration duration) throws IOException, InterruptedException {
        var process = new ProcessBuilder(
                        "wrk", "-t2", "-c64", "-d" + duration.toSeconds() + "s", "--latency", "-s", script.toString(), url)
                .redirectErrorStream(true)
                .start();
        var said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0 || said.contains("Non-2xx") || said.contains("Socket errors")) {
            throw new IOException("wrk: " + said);
        }
        return new Result(
                Double.parseDouble(found(said, "Requests/sec:\\s+([\\d.]+)")),
                millis(found(said, "(?m)^\\s+50%\\s+(\\S+)")),
                millis(found(said, "(?m)^\\s+99%\\s+(\\S+)")),
                Long.parseLong(found(said, "(\\d+) requests in")));
    }

    private static String found(String text, String pattern) throws IOException {
        var matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new IOException("wrk did not say " + pattern + ": " + text);
        }
        return matcher.group(1);
    }

    private static double millis(String text) {
        var number = Double.parseDouble(text.replaceAll("[a-z]+", ""));
        return text.endsWith("us") ? number / 1_000 : text.endsWith("ms") ? number : number * 1_000;
    }
}
