"""Chapters for tests: an evening at a harbour in English and Thai, and a paragraph of it in other languages."""

from __future__ import annotations

ENGLISH = """\
The last ferry had already left when Alma Reyes reached the harbour. She stood at the rail with her suitcase between \
her feet and watched its lights grow small. Nobody had told her that the winter timetable began on a Tuesday.

“You are late,” said a voice behind her. “Or it was early. It depends on whom you ask.”

Alma turned. An old man sat on an upturned crate and mended a net, as though the wind were not tearing at his sleeves. \
His hands moved without haste, and he did not look up.

“When is the next one?”

“Tomorrow at six, if the weather allows it.” He bit through a thread. “It will not allow it.”

She laughed, although there was nothing to laugh about. In her coat lay the letter with her brother's handwriting, and \
in the letter stood one sentence that she knew by heart. Come before Wednesday, it said, or do not come at all.

“My name is Tomas,” the man said at last. “I keep the lighthouse. There is soup on the stove, and the roof leaks only \
over the stairs.”

It would have been wiser to look for an inn. But the street above the quay was dark, the rain came in from the side, \
and something in the way he folded his net reminded her of her father. So she took up the suitcase and followed him.

The path climbed between low walls. Twice she slipped, and twice Tomas waited without a word until she had found her \
footing. From the top the whole bay could be seen: a black plate, and far out on it a single green spark.

“Is that the ferry?” asked Alma.

He shaded his eyes. For a moment his face, which had been so calm, was quite another face. “No,” he said. “The ferry \
carries white lights. That one has not been out there for eleven years.”

She wanted to ask what he meant. Yet he had already opened the door, and warmth, and the smell of onions and tar, came \
out to meet her.

Inside stood a table, two chairs and a radio that whispered to itself. Tomas turned it off. He filled a bowl, set it \
before her and remained standing at the window with his back to the room.

“Your brother was here in spring,” he said. “He asked me about that light as well.”

The spoon stopped halfway to her mouth. Outside the rain went on as before, and in the bay, where no ship should have \
been, the green spark moved a little closer to the shore."""

THAI = """\
เรือข้ามฟากเที่ยวสุดท้ายออกไปแล้วเมื่อดารินทร์วิ่งมาถึงท่าเรือ เธอยืนจับราวเหล็กเย็นเฉียบ วางกระเป๋าไว้ข้างเท้า แล้วมองแสงไฟของเรือค่อย ๆ เล็กลง \
ไม่มีใครบอกเธอเลยว่าตารางเดินเรือฤดูหนาวเริ่มวันอังคาร

“มาช้าไปนะ” เสียงหนึ่งดังขึ้นจากข้างหลัง “หรือไม่เรือก็ออกเร็วไป แล้วแต่ว่าจะถามใคร”

ดารินทร์หันไป ชายชราคนหนึ่งนั่งอยู่บนลังไม้ที่คว่ำไว้และกำลังซ่อมอวน \
ราวกับลมแรงไม่ได้พัดแขนเสื้อของเขาเลย มือของเขาขยับอย่างใจเย็น และเขาไม่ได้เงยหน้าขึ้น

“เที่ยวต่อไปกี่โมงคะ”

“พรุ่งนี้หกโมงเช้า ถ้าอากาศดี” เขากัดด้ายจนขาด “แต่อากาศคงไม่ดีหรอก”

เธอหัวเราะ ทั้งที่ไม่มีอะไรน่าขำ ในเสื้อโค้ตของเธอมีจดหมายลายมือพี่ชาย \
และในจดหมายนั้นมีประโยคหนึ่งที่เธอจำได้ขึ้นใจ จงมาก่อนวันพุธ ไม่อย่างนั้นก็ไม่ต้องมาอีกเลย

“ผมชื่อปกรณ์” ชายชราพูดในที่สุด “ผมดูแลประภาคาร มีซุปร้อนอยู่บนเตา และหลังคารั่วแค่ตรงบันได”

การหาโรงแรมสักแห่งคงจะฉลาดกว่า แต่ถนนเหนือท่าเรือมืดสนิท ฝนสาดเข้ามาจากด้านข้าง และบางอย่างในวิธีที่เขาพับอวนทำให้เธอนึกถึงพ่อ \
เธอจึงหยิบกระเป๋าแล้วเดินตามเขาไป

ทางเดินไต่ขึ้นไประหว่างกำแพงเตี้ย เธอลื่นสองครั้ง และทั้งสองครั้งปกรณ์ก็หยุดรอโดยไม่พูดอะไร จนกว่าเธอจะทรงตัวได้ จากข้างบนมองเห็นอ่าวทั้งอ่าว \
เหมือนจานสีดำใบใหญ่ และไกลออกไปมีแสงสีเขียวอยู่เพียงดวงเดียว

“นั่นเรือข้ามฟากหรือเปล่าคะ” ดารินทร์ถาม

เขายกมือบังตา ชั่วครู่หนึ่งใบหน้าที่เคยสงบกลับกลายเป็นใบหน้าของคนอื่น “ไม่ใช่” เขาตอบ “เรือข้ามฟากใช้ไฟสีขาว ลำนั้นไม่ได้ออกไปที่นั่นมาสิบเอ็ดปีแล้ว”

เธออยากถามว่าเขาหมายความว่าอะไร แต่เขาเปิดประตูแล้ว ความอบอุ่นกับกลิ่นหอมของหัวหอมลอยออกมาต้อนรับเธอ

ข้างในมีโต๊ะหนึ่งตัว เก้าอี้สองตัว และวิทยุที่กระซิบอยู่คนเดียว ปกรณ์ปิดมัน เขาตักซุปใส่ชาม วางลงตรงหน้าเธอ แล้วไปยืนหันหลังให้ห้องอยู่ที่หน้าต่าง

“พี่ชายของคุณมาที่นี่เมื่อฤดูใบไม้ผลิ” เขาพูด “เขาก็ถามผมเรื่องแสงนั้นเหมือนกัน”

ช้อนหยุดอยู่กลางทาง ข้างนอกฝนยังตกเหมือนเดิม และในอ่าวที่ไม่ควรมีเรือลำใด แสงสีเขียวนั้นขยับเข้ามาใกล้ฝั่งอีกนิดหนึ่ง"""

GERMAN = """\
Die letzte Fähre war schon abgefahren, als Alma den Hafen erreichte. Sie stand am Geländer, den Koffer zwischen den \
Füßen, und sah zu, wie die Lichter kleiner wurden. Niemand hatte ihr gesagt, dass der Winterfahrplan an einem Dienstag \
begann. „Sie kommen zu spät“, sagte eine Stimme hinter ihr. Ein alter Mann saß auf einer Kiste und flickte ein Netz, \
als risse der Wind nicht an seinen Ärmeln. Sie lachte, obwohl es nichts zu lachen gab, und folgte ihm den Weg hinauf."""

SPANISH = """\
El último barco ya había salido cuando Alma llegó al puerto. Se quedó junto a la barandilla, con la maleta entre los \
pies, y miró cómo las luces se hacían pequeñas. Nadie le había dicho que el horario de invierno empezaba un martes. \
—Llega tarde —dijo una voz detrás de ella. Un hombre viejo estaba sentado sobre una caja y remendaba una red, como si \
el viento no le tirase de las mangas. Ella se rio, aunque no había de qué reírse, y lo siguió cuesta arriba."""

RUSSIAN = """\
Последний паром уже ушёл, когда Алма добежала до пристани. Она стояла у перил, поставив чемодан между ног, и смотрела, \
как огни становятся всё меньше. Никто не сказал ей, что зимнее расписание начинается во вторник. — Вы опоздали, — \
сказал голос у неё за спиной. Старик сидел на перевёрнутом ящике и чинил сеть, будто ветер не рвал его рукава. Она \
засмеялась, хотя смеяться было не над чем, и пошла за ним вверх по тропинке."""

JAPANESE = """\
アルマが港に着いたとき、最後の船はもう出てしまっていた。彼女は足の間に鞄を置き、手すりのそばに立って、船の明かりが小さくなっていくのを見ていた。\
冬の時刻表が火曜日に始まることを、誰も教えてくれなかったのだ。「遅かったね」と後ろで声がした。老人が箱の上に座り、風など吹いていないかのように網を直していた。\
笑うようなことは何もなかったのに、彼女は笑い、そして老人の後について坂道を登っていった。"""

CHINESE = """\
阿尔玛赶到码头的时候，最后一班渡船已经开走了。她把箱子放在脚边，站在栏杆旁，看着船上的灯光越来越小。没有人告诉她，冬天的时刻表从星期二开始。\
“你来晚了。”身后有人说道。一位老人坐在木箱上补网，好像风并没有吹着他的袖子。虽然没有什么好笑的事，她还是笑了，然后跟着他沿着小路往上走。"""

ARABIC = """\
كانت العبارة الأخيرة قد غادرت عندما وصلت ألما إلى الميناء. وقفت عند السور وحقيبتها بين قدميها، \
وراقبت الأضواء وهي تصغر شيئا فشيئا. \
لم يخبرها أحد بأن جدول الشتاء يبدأ يوم الثلاثاء. جلس رجل عجوز على صندوق \
وراح يصلح شبكة كأن الريح لا تشد أكمامه. ضحكت مع أنه لم يكن هناك ما يضحك، ثم تبعته صاعدة في الطريق."""

BY_LANGUAGE = {
    "en": ENGLISH,
    "th": THAI,
    "de": GERMAN,
    "es": SPANISH,
    "ru": RUSSIAN,
    "ja": JAPANESE,
    "zh": CHINESE,
    "ar": ARABIC,
}
