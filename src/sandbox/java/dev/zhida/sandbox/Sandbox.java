package dev.zhida.sandbox;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** The sandbox marketplace as a server on 127.0.0.1: the vendors' gateways, and {@code /control} for whoever runs it. */
public final class Sandbox implements AutoCloseable {

    static {
        // Without it an answer of two parts waits 40 ms for its second.
        System.setProperty("sun.net.httpserver.nodelay", "true");
    }

    private static final System.Logger LOG = System.getLogger(Sandbox.class.getName());

    /**
     * How it starts.
     *
     * @param port 0 for a free one
     * @param start where the simulated time begins
     * @param speed simulated seconds per real one; 0 stands still
     * @param seed what the population is made from
     * @param wall what the timestamps of requests are compared with
     */
    public record Options(int port, Instant start, double speed, long seed, Clock wall) {

        /** A free port, and simulated time as real time. */
        public static Options now() {
            return new Options(0, Instant.now(), 1, 1, Clock.systemUTC());
        }

        public Options onPort(int other) {
            return new Options(other, start, speed, seed, wall);
        }

        public Options at(Instant time, double otherSpeed) {
            return new Options(port, time, otherSpeed, seed, wall);
        }

        public Options seeded(long other) {
            return new Options(port, start, speed, other, wall);
        }

        public Options checkedBy(Clock other) {
            return new Options(port, start, speed, seed, other);
        }
    }

    /** A slot that is bought through, and how often beside the others. */
    public record SlotShare(String value, int weight) {}

    /**
     * Orders over a period.
     *
     * @param appKey whose; {@code null} for the default account of the vendor
     * @param lines how many order lines, exactly
     * @param slots empty for the account's own
     * @param itemIds what is bought first in an order; empty for anything
     * @param seed {@code null} for the sandbox's own
     */
    public record World(
            Vendor vendor,
            String appKey,
            Instant from,
            Instant until,
            int lines,
            List<SlotShare> slots,
            List<String> itemIds,
            Long seed) {

        /** Through the default account. */
        public static World of(Vendor vendor, Instant from, Instant until, int lines, SlotShare... slots) {
            return new World(vendor, null, from, until, lines, List.of(slots), List.of(), null);
        }
    }

    /**
     * One purchase.
     *
     * @param itemId {@code null} for any
     * @param outcome {@code null} for what the dice say
     * @param at when it is placed; {@code null} for now
     * @param clickedAt {@code null} for five minutes before
     * @param lines at most; 0 for what the dice say
     */
    public record Buy(
            Vendor vendor,
            String appKey,
            String slot,
            String itemId,
            Outcome outcome,
            Instant at,
            Instant clickedAt,
            int lines) {}

    private final SandboxClock clock;
    private final Accounts accounts;
    private final TaobaoGateway taobao;
    private final long seed;
    private final AtomicLong nextNumber = new AtomicLong(1_000);
    private final AtomicLong purchases = new AtomicLong();
    private final HttpServer server;
    private final ExecutorService threads;

    private Sandbox(Options options) throws IOException {
        clock = new SandboxClock(options.start, options.speed);
        accounts = new Accounts(clock);
        seed = options.seed;
        var tokens = new Tokens();
        taobao = new TaobaoGateway(accounts, clock, options.wall, tokens);
        var gateways = new EnumMap<Vendor, Gateway>(Vendor.class);
        gateways.put(Vendor.TAOBAO, taobao);
        gateways.put(Vendor.JD, new JdGateway(accounts, clock, options.wall, tokens));
        gateways.put(Vendor.PDD, new PddGateway(accounts, clock, options.wall, tokens));
        gateways.put(Vendor.PANGOLIN, new PangolinGateway(accounts, clock, options.wall, tokens));
        gateways.put(Vendor.BUYIN, new BuyinGateway(accounts, clock, options.wall, tokens));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), options.port), 256);
        threads = Executors.newVirtualThreadPerTaskExecutor();
        server.setExecutor(threads);
        var paths = Map.of(
                Vendor.TAOBAO, "/taobao/router/rest",
                Vendor.JD, "/jd/routerjson",
                Vendor.PDD, "/pdd/api/router",
                Vendor.PANGOLIN, "/pangolin",
                Vendor.BUYIN, "/buyin/buyin");
        paths.forEach((vendor, path) ->
                server.createContext(path, exchange -> serve(vendor, gateways.get(vendor), exchange)));
        server.createContext("/control", new Control(this));
        server.start();
    }

    public static Sandbox start(Options options) throws IOException {
        return new Sandbox(options);
    }

    public static void main(String... arguments) throws IOException {
        var options = Options.now().onPort(8090);
        var faults = Faults.NONE;
        for (var i = 0; i + 1 < arguments.length; i += 2) {
            var value = arguments[i + 1];
            switch (arguments[i]) {
                case "--port" -> options = options.onPort(Integer.parseInt(value));
                case "--start" -> options = options.at(Instant.parse(value), options.speed);
                case "--speed" -> options = options.at(options.start, Double.parseDouble(value));
                case "--seed" -> options = options.seeded(Long.parseLong(value));
                case "--faults" -> faults = value.equals("some") ? Faults.SOME : Faults.NONE;
                default -> throw new IllegalArgumentException("no option of the sandbox: " + arguments[i]);
            }
        }
        var sandbox = start(options);
        for (var vendor : Vendor.values()) {
            sandbox.accounts.faults(vendor, faults);
        }
        System.out.println("sandbox: " + sandbox.url());
    }

    /** Where it answers, without a slash at the end. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public SandboxClock clock() {
        return clock;
    }

    /** Adds an account, or changes its credentials. */
    public void account(Account account) {
        accounts.put(account);
    }

    /** What goes wrong at a vendor from now on. */
    public void faults(Vendor vendor, Faults faults) {
        accounts.faults(vendor, faults);
    }

    Accounts accounts() {
        return accounts;
    }

    /** Windows of this day are short; {@code yyyyMMdd}. */
    public void promotion(int day) {
        taobao.addPromotion(day);
    }

    private Accounts.Own own(Vendor vendor, String appKey) {
        var own = accounts.all().stream()
                .filter(one -> one.account().vendor() == vendor
                        && (appKey == null || one.account().appKey().equals(appKey)))
                .findFirst();
        return own.orElseThrow(() -> new IllegalArgumentException("no account " + appKey + " of " + vendor));
    }

    /** Makes a population, with all that will become of it; returns how many orders its lines belong to. */
    public synchronized int populate(World world) {
        var own = own(world.vendor, world.appKey);
        var account = own.account();
        var slots = world.slots.isEmpty() ? List.of(new SlotShare("", 1)) : world.slots;
        var weights = slots.stream().mapToInt(SlotShare::weight).sum();
        var dice = new SplittableRandom(world.seed == null ? seed : world.seed);
        var from = world.from.getEpochSecond();
        var length = world.until.getEpochSecond() - from;
        if (length <= 0 || weights <= 0 || world.lines < 0) {
            throw new IllegalArgumentException("a world has a period, lines and slots with weights");
        }
        var made = new ArrayList<Line>();
        var orders = 0;
        while (made.size() < world.lines) {
            var at = from + dice.nextLong(length);
            var thrown = dice.nextInt(weights);
            var chosen = 0;
            while (thrown >= slots.get(chosen).weight()) {
                thrown -= slots.get(chosen++).weight();
            }
            var clickedAt =
                    at - 20 - (dice.nextInt(10) == 0 ? dice.nextLong(3 * Times.DAY) : dice.nextLong(Times.HOUR));
            var item = world.itemIds.isEmpty()
                    ? null
                    : Item.of(world.vendor, world.itemIds.get(dice.nextInt(world.itemIds.size())));
            var lines = Population.order(
                    new Population.Purchase(
                            account,
                            nextNumber.get(),
                            at,
                            Math.min(at - 1, Math.max(clickedAt, from)),
                            Slot.of(account, slots.get(chosen).value()),
                            item,
                            null,
                            world.lines - made.size()),
                    dice.split());
            nextNumber.addAndGet(lines.size());
            made.addAll(lines);
            orders++;
        }
        slots.forEach(slot -> own.knows(slot.value()));
        own.market().add(made);
        return orders;
    }

    /** Somebody buys; returns the keys of the lines. */
    public List<String> buy(Buy buy) {
        return bought(buy).stream().map(Line::key).toList();
    }

    synchronized List<Line> bought(Buy buy) {
        var own = own(buy.vendor, buy.appKey);
        var at = buy.at == null ? clock.second() : buy.at.getEpochSecond();
        var lines = Population.order(
                new Population.Purchase(
                        own.account(),
                        nextNumber.get(),
                        at,
                        buy.clickedAt == null ? at - 300 : buy.clickedAt.getEpochSecond(),
                        Slot.of(own.account(), buy.slot),
                        buy.itemId == null ? null : Item.of(buy.vendor, buy.itemId),
                        buy.outcome,
                        buy.lines),
                new SplittableRandom(seed * 31 + purchases.incrementAndGet()));
        nextNumber.addAndGet(lines.size());
        own.knows(buy.slot);
        own.market().add(lines);
        return lines;
    }

    private void serve(Vendor vendor, Gateway gateway, HttpExchange exchange) throws IOException {
        try (exchange) {
            var request = Request.read(exchange);
            var faults = accounts.faults(vendor);
            if (Accounts.happens(faults.slowPercent())) {
                Thread.sleep(faults.slowMillis());
            }
            var ban = accounts.ban(vendor);
            Answer answer;
            if (ban > 0) {
                answer = gateway.throttled(request, ban);
                exchange.getResponseHeaders().set("Retry-After", Long.toString(ban));
            } else if (Accounts.happens(faults.errorPercent())) {
                answer = new Answer(500, "text/html", "<html><body><h1>500 Internal Server Error</h1></body></html>");
            } else {
                answer = gateway.answer(request);
            }
            send(exchange, answer);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "the sandbox failed", e);
            send(exchange, new Answer(500, "text/plain", "the sandbox failed: " + e));
        }
    }

    static void send(HttpExchange exchange, Answer answer) throws IOException {
        var bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.contentType());
        exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
