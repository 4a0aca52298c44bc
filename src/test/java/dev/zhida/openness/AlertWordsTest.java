package dev.zhida.openness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.zhida.marketplace.Marketplace;
import dev.zhida.openness.Cell.Measure;
import dev.zhida.openness.ChangeDetector.Change;
import dev.zhida.openness.ChangeDetector.Rate;
import dev.zhida.platform.Medium;
import dev.zhida.platform.Scene;
import dev.zhida.platform.UserAgent.HostApp;
import dev.zhida.platform.UserAgent.Os;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An alert says that something stopped only if next to nothing is left of it. */
class AlertWordsTest {

    private static final Instant AT = Instant.parse("2026-03-03T06:20:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "OPEN | 500 | 100 | stopped opening Taobao links at about 14:20 on 3 Mar, 50 % → 10 % | 打不开了，打开率 50 % → 10 %",
                "OPEN | 500 | 101 | began to open fewer Taobao links at about 14:20 on 3 Mar, 50 % → 10 % | 打开变少了，打开率 50 % → 10 %",
                "OPEN | 300 | 500 | began to open more Taobao links at about 14:20 on 3 Mar, 30 % → 50 % | 打开变多了，打开率 30 % → 50 %",
                "OPEN | 100 | 500 | started opening Taobao links at about 14:20 on 3 Mar, 10 % → 50 % | 能打开了，打开率 10 % → 50 %",
                "ORDER | 30 | 17 | began to bring fewer orders for Taobao links at about 14:20 on 3 Mar, 3.0 % → 1.7 % | 出单变少了，每次点击的订单 3.0 % → 1.7 %",
                "ORDER | 30 | 0 | stopped bringing orders for Taobao links at about 14:20 on 3 Mar, 3.0 % → 0 % | 不出单了，每次点击的订单 3.0 % → 0 %"
            })
    void a_change_is_called_what_it_is(Measure measure, int before, int after, String en, String zh) {
        var cell = new Cell(measure, HostApp.WECHAT, 0, Os.ANDROID, Scene.GROUP, Marketplace.TAOBAO, Medium.LINK);
        var change = new Change(AT, AT, new Rate(1_000, before), new Rate(1_000, after), 20);
        assertThat(AlertWords.en(cell, change)).isEqualTo("WeChat group on Android " + en);
        assertThat(AlertWords.zh(cell, change)).isEqualTo("微信群（安卓）里的淘宝链接大约从 3-3 14:20 起" + zh);
    }
}
