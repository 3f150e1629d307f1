"""GB18030 is read whatever stands in it; what reads like another encoding is refused, or read as declared."""

import random
from pathlib import Path

import pytest

from pipelines.landing.formats.scripts import likelier_than_gb18030
from pipelines.problems import BadInput
from tests.landing.reading import read

TAOBAO = "订单编号,买家会员名,买家应付货款,总金额,订单状态,收货人姓名,收货地址 ,联系手机,是否代付\n"
PAID = "已付款，等待卖家发货"

# Headers of Taobao, JD, Pinduoduo, Douyin, Youzan, Wangdiantong, Jushuitan and wjx.
HEADERS = """
    订单编号 买家会员名 买家支付宝账号 买家应付货款 买家应付邮费 返点积分 买家实际支付积分 买家留言
    运送方式 宝贝种类 物流单号 店铺Id 订单关闭原因 发票抬头 是否手机订单 特权订金订单id 定金排名
    修改后的sku 天猫卡券抵扣 集分宝抵扣 新零售导购门店名称 含应开票给个人的个人红包 体验期结束时间
    前N有礼 虚拟号过期时间 套餐信息 商家编码 颜色分类：黑色;尺码：L 下单帐号 京东价
    商家备注等级（等级1-5为由高到低） 增值税发票 货号 送装服务 仓库id 普通发票纳税编号
    是否为toplife订单 商品总价(元) 邮费(元) 多多支付立减金额(元) 样式ID 商家编码-规格维度
    售后状态 快递公司 是否抽奖或0元试用 海淘清关订单号 街道/镇 团ID 手续费承担方 达人优惠 旗帜颜色
    鲁班落地页ID 流量体裁 是否平台仓自流转 商品69码 发货IMEI码1 建议发货时间（起） 分销员
    销售导购 挂账主体 团长订单 订单下级卖货提成类型 成长值 权益卡 笔单价 企微好友 微信地域 原始子单号
    客服标旗 货到付款金额 拆自组合装 赠品方式 颜色及规格 实退数量 提交答卷时间 所用时间 来自IP
    1、您的性别
"""
NAMES = HEADERS.split()

GB18030 = {
    "taobao": f'{TAOBAO}1,示例买家,20.00,20.00,"{PAID}",王喆,浙江省 示例街道1号,1,否\n',
    "header only": TAOBAO,
    "every header": ",".join(NAMES) + "\n",
    "one short name": "id,name\n1,王喆\n",
    "one rare name": "id,name\n1,镕喆堃\n",
    "rare names": "id,name\n1,朱镕华\n2,李堃\n3,张喆\n4,王祎玥\n5,赵珺婧\n6,丁昇\n",
    "traditional names": "id,name,city\n1,陳志明,臺北市信義區\n2,黃淑芬,高雄市左營區\n3,劉家豪,香港九龍\n",
    "traditional header": "訂單編號,買家會員名,應付貨款,總金額,訂單狀態,收貨人姓名,收貨地址\n1,2,3,4,5,6,7\n",
    "kana in a title": "编号,标题\n1,の手帐 カード 卡片 日系文具\n2,示例商品\n",
    "four bytes": "编号,姓名\n1,𠮷田\n2,王小明\n",
    "a lone euro and an emoji": "编号,备注\n1,€12 😀 谢谢老板\n",
}  # fmt: skip

OTHERS = {
    "big5": "訂單編號,買家姓名,收貨地址\n1,陳志明,臺北市信義區忠孝東路五段1號\n2,林淑芬,高雄市左營區\n",
    "shift_jis": "注文番号,氏名,住所\n1,山田太郎,東京都渋谷区道玄坂1-2-3\n2,佐藤はなこ,大阪府大阪市北区\n",
    "euc_jp": "ご注文,お名前,ご住所,お届け先\n1,やまだ たろう,とうきょうと しぶやく,よろしくおねがいします\n",
    "cp1252": "id,name,city\n1,Jürgen Müller,Köln\n2,Zoë Lefèvre,Orléans\n3,Señora Peña,Málaga\n4,Bjørn,Århus\n",
}


@pytest.mark.parametrize("seed", range(50))
def test_no_choice_of_chinese_headers_is_taken_for_another_encoding(seed: int) -> None:
    choice = random.Random(seed)
    text = ",".join(choice.sample(NAMES, choice.randint(2, 12))) + "\n"
    assert likelier_than_gb18030([text.encode("gb18030")]) is None


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
