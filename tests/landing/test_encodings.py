"""GB18030 is read whatever stands in it; what reads like another encoding is refused, or read as declared."""

from pathlib import Path

import pytest

from pipelines.problems import BadInput
from tests.landing.reading import read

TAOBAO = (
    "订单编号,买家会员名,买家应付货款,总金额,订单状态,收货人姓名,收货地址 ,联系手机,订单创建时间,宝贝标题 ,是否代付\n"
)
JD = "订单号,商品ID,商品名称,订购数量,支付方式,下单时间,京东价,商家备注等级（等级1-5为由高到低）,增值税发票,货号,\n"
YOUZAN = "订单号,销售渠道,同城送达时间/提货时间,收货人手机号/提货人手机号,分销员,挂账主体,订单下级卖货提成金额\n"
PINDUODUO = "商品,订单号,商品总价(元),邮费(元),商家编码-规格维度,售后状态,是否顺丰加价,订单成交时间\n"
WJX = "序号,提交答卷时间,所用时间,来源详情,来自IP,1、您的性别,2、您满意吗？,总分\n"

GB18030 = {
    "taobao": TAOBAO + '1,示例买家,20.00,20.00,"买家已付款，等待卖家发货",王喆,浙江省 杭州市 示例街道1号(310000),1,2,锅,否\n',
    "jd": JD + "1,2,示例项链 套装,1,在线支付,2015-12-31,758.00,,,N-1,\n",
    "youzan": YOUZAN,
    "pinduoduo": PINDUODUO,
    "wjx": WJX + "1,2026/6/16 8:00:00,10秒,微信,127.0.0.1(浙江-杭州),女,很满意,5\n",
    "one short name": "id,name\n1,王喆\n",
    "one rare name": "id,name\n1,镕喆堃\n",
    "rare names": "id,name\n1,朱镕基\n2,李堃\n3,张喆\n4,王祎玥\n5,赵珺婧\n6,丁昇\n",
    "traditional names": "id,name,city\n1,陳志明,臺北市信義區\n2,黃淑芬,高雄市左營區\n3,劉家豪,香港九龍\n",
    "traditional header": "訂單編號,買家會員名,應付貨款,總金額,訂單狀態,收貨人姓名,收貨地址,聯繫電話\n1,2,3,4,5,6,7,8\n",
    "kana in a title": "编号,标题\n1,の手帐 カード 卡片 日系文具\n2,示例商品\n",
    "four bytes": "编号,姓名\n1,𠮷田\n2,王小明\n",
    "a lone euro and an emoji": "编号,备注\n1,€12 😀 谢谢老板\n",
}  # fmt: skip

OTHERS = {
    "big5": "訂單編號,買家姓名,收貨地址,總金額\n1,陳志明,臺北市信義區忠孝東路五段1號,100\n2,林淑芬,高雄市左營區,200\n",
    "shift_jis": "注文番号,氏名,住所,合計金額\n1,山田太郎,東京都渋谷区道玄坂1-2-3,1000\n2,佐藤はなこ,大阪府大阪市北区,200\n",
    "euc_jp": "ご注文の番号,お名前,ご住所,お届け先のメモ\n1,やまだ たろう,とうきょうと しぶやく,よろしくおねがいします\n",
    "cp1252": "id,name,city\n1,Jürgen Müller,Köln\n2,Zoë Lefèvre,Orléans\n3,Señora Peña,Málaga\n4,Bjørn Sørensen,Århus\n",
}


@pytest.mark.parametrize("name", GB18030)
def test_gb18030_is_never_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_bytes(GB18030[name].encode("gb18030"))
    (tmp_path / "same.csv").write_text(GB18030[name], "utf-8")
    (tmp_path / "second").mkdir()
    assert read(tmp_path / "orders.csv", tmp_path) == read(tmp_path / "same.csv", tmp_path / "second")


@pytest.mark.parametrize("encoding", OTHERS)
def test_what_reads_like_another_encoding_is_refused_with_its_name(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_bytes(OTHERS[encoding].encode(encoding))
    with pytest.raises(BadInput, match=rf"^orders\.csv .*encoding: {encoding}"):
        read(tmp_path / "orders.csv", tmp_path)


@pytest.mark.parametrize("encoding", OTHERS)
def test_a_declared_encoding_is_obeyed(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_bytes(OTHERS[encoding].encode(encoding))
    rows, unreadable = read(tmp_path / "orders.csv", tmp_path, encoding)
    expected = [tuple(line.split(",")) for line in OTHERS[encoding].splitlines()[1:]]
    assert (rows, unreadable) == (expected, [])


@pytest.mark.parametrize(
    ("declared", "written", "text"),
    [("big5", "cp950", "碁峰裏"), ("shift_jis", "cp932", "髙﨑①"), ("gb2312", "gbk", "王喆")],
)
def test_an_old_name_of_an_encoding_covers_what_its_successors_added(
    declared: str, written: str, text: str, tmp_path: Path
) -> None:
    (tmp_path / "orders.csv").write_bytes(f"id,name\n1,{text}\n".encode(written))
    assert read(tmp_path / "orders.csv", tmp_path, declared) == ([("1", text)], [])
