/** Douyin: the Pangolin (穿山甲) gateway for publishers, and {@code buyin} for institutions, in the words of all marketplaces. */
package dev.zhida.marketplace.douyin;
