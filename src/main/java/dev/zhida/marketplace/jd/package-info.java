/** JD Union (京东联盟), in the words of all marketplaces. */
package dev.zhida.marketplace.jd;
