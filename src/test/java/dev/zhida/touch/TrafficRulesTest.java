package dev.zhida.touch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.touch.TrafficRules.Flag;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrafficRulesTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            BOT          | Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (compatible; Bytespider; bytespider@bytedance.com)
            BOT          | Mozilla/5.0 (compatible; TikTokSpider)
            BOT          | Mozilla/5.0 MicroMessenger/6.0 mpcrawler
            BOT          | Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)
            BOT          | Mozilla/5.0 (compatible; 360Spider)
            BOT          | Mozilla/5.0 (Linux; Android 7.0;) AppleWebKit/537.36 (compatible; PetalBot;+https://webmaster.petalsearch.com)
            BOT          | Mozilla/5.0 (compatible;AspiegelBot)
            BOT          | Mozilla/5.0 AliyunSecBot/Nutch
            BOT          | Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0.0.0 Safari/537.36
            PREVIEW      | Mozilla/5.0 (Windows NT 6.1) MQQBrowser/5.0 QQ-URL-Manager
            PREVIEW      | Mozilla/5.0 (Macintosh) facebookexternalhit/1.1 Facebot Twitterbot/1.0
            PREVIEW      | TelegramBot (like TwitterBot)
            PREVIEW      | DingTalkBot-LinkService/1.0
            HTTP_LIBRARY | curl/8.5.0
            HTTP_LIBRARY | python-requests/2.32
            HTTP_LIBRARY | okhttp/4.12.0
            HTTP_LIBRARY | ' '
            """)
    void what_a_user_agent_tells(Flag flag, String agent) {
        assertThat(TrafficRules.byAgent(agent)).contains(flag);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Mozilla/5.0 (Linux; Android 12; wv) Mobile Safari/537.36 MicroMessenger/8.0.49 Weixin
            Mozilla/5.0 (iPhone; CPU iPhone OS 14_6 like Mac OS X) Mobile/15E148 MQQBrowser/14.2 Mobile
            Mozilla/5.0 (Linux; Android 9) okhttp/3.1 Weibo (Brand-Model__weibo__9.9.3__android__android9)
            """)
    void what_people_use_is_no_reason(String agent) {
        assertThat(TrafficRules.byAgent(agent)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            HEAD, , HEAD
            GET, prefetch;prerender, PREFETCH
            GET, preview, PREFETCH
            """)
    void what_a_request_shows(String method, String purpose, Flag flag) {
        assertThat(TrafficRules.byRequest(method, purpose)).contains(flag);
        assertThat(TrafficRules.byRequest("GET", null)).isEmpty();
    }

    @Test
    void the_request_goes_before_the_agent_and_the_agent_before_the_rate() {
        var head = Optional.of(Flag.HEAD);
        var bot = Optional.of(Flag.BOT);
        assertThat(TrafficRules.classify(head, bot, 61)).contains(Flag.HEAD);
        assertThat(TrafficRules.classify(Optional.empty(), bot, 61)).contains(Flag.BOT);
        assertThat(TrafficRules.classify(Optional.empty(), Optional.empty(), 61))
                .contains(Flag.RATE);
        assertThat(TrafficRules.classify(Optional.empty(), Optional.empty(), 60))
                .isEmpty();
    }

    @Test
    void hits_are_counted_by_visitor_placement_and_minute() {
        var rate = new HitRate();
        var visitor = UUID.randomUUID();
        var minute = Instant.parse("2026-03-01T12:34:00Z");
        for (var i = 1; i <= 300; i++) {
            assertThat(rate.hit(7, visitor, minute.plusMillis(i * 190L))).isEqualTo(Math.min(i, 255));
        }
        assertThat(rate.hit(8, visitor, minute)).isEqualTo(1);
        assertThat(rate.hit(7, UUID.randomUUID(), minute)).isEqualTo(1);
        assertThat(rate.hit(7, visitor, minute.plusSeconds(60))).isEqualTo(1);
    }

    @Test
    void many_visitors_behind_one_address_do_not_add_up() {
        var rate = new HitRate();
        var at = Instant.parse("2026-03-01T12:34:00Z");
        assertThat(IntStream.range(0, 1_000_000).map(i -> rate.hit(7, UUID.randomUUID(), at)))
                .allMatch(hits -> hits <= TrafficRules.MOST_HITS_A_MINUTE);
    }

    @Test
    void a_visitor_who_comes_too_often_is_seen_in_a_crowd() {
        var rate = new HitRate();
        var at = Instant.parse("2026-03-01T12:34:00Z");
        var often = UUID.randomUUID();
        var most = 0;
        for (var i = 0; i < 200; i++) {
            most = Math.max(most, rate.hit(7, often, at));
            for (var j = 0; j < 1_000; j++) {
                rate.hit(7, UUID.randomUUID(), at);
            }
        }
        assertThat(most).isGreaterThan(TrafficRules.MOST_HITS_A_MINUTE);
    }

    @Test
    void no_hit_is_overlooked_when_two_come_at_once() throws InterruptedException {
        var rate = new HitRate();
        var visitor = UUID.randomUUID();
        var at = Instant.parse("2026-03-01T12:34:00Z");
        Runnable hits = () -> IntStream.range(0, 100).forEach(i -> rate.hit(7, visitor, at));
        var other = Thread.ofPlatform().start(hits);
        hits.run();
        other.join();
        assertThat(rate.hit(7, visitor, at)).isEqualTo(201);
    }
}
