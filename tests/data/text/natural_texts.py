"""Natural text in many languages, written for these tests: the same little story in each."""

# ruff: noqa: RUF001, E501  # letters that look alike are no mistake here, and wide ones count double

SAMPLES = {
    "Russian": (
        "Утром старый рыбак вышел к реке и долго смотрел на воду. Лодка качалась у берега, а в "
        "камышах кричала птица. Он подумал, что сегодня будет хороший день: ветер стих, и небо "
        "стало совсем ясным. «Пойдём, — сказал он внуку, — пока солнце ещё низко». Мальчик взял "
        "вёсла и побежал вперёд, не говоря ни слова. Через час они поймали первую рыбу, и дед "
        "громко засмеялся.\n"
    ),
    "Ukrainian": (
        "Уранці старий рибалка вийшов до річки і довго дивився на воду. Човен гойдався біля "
        "берега, а в очереті кричав птах. Він подумав, що сьогодні буде гарний день: вітер ущух, "
        "і небо стало зовсім ясним. Хлопчик узяв весла і побіг уперед, не кажучи ні слова. Її "
        "їжак їсть ґудзик.\n"
    ),
    "Greek": (
        "Νωρίς το πρωί ο γέρος ψαράς κατέβηκε στο ποτάμι και κοίταζε για πολλή ώρα το νερό. Η "
        "βάρκα κουνιόταν κοντά στην όχθη και στα καλάμια φώναζε ένα πουλί. Σκέφτηκε πως θα ήταν "
        "μια ωραία μέρα, γιατί ο άνεμος είχε πέσει και ο ουρανός ήταν καθαρός. Το αγόρι πήρε τα "
        "κουπιά κι έτρεξε μπροστά.\n"
    ),
    "Hebrew": (
        "מוקדם בבוקר ירד הדייג הזקן אל הנהר והביט זמן רב במים. הסירה התנדנדה ליד החוף, ובין הקנים "
        "צעקה ציפור. הוא חשב שזה יהיה יום יפה, כי הרוח שככה והשמים היו בהירים. הילד לקח את "
        "המשוטים ורץ קדימה בלי לומר מילה.\n"
    ),
    "Arabic": (
        "في الصباح الباكر نزل الصياد العجوز إلى النهر ونظر طويلا إلى الماء. كان القارب يتمايل قرب "
        "الشاطئ، وفي القصب كان طائر يصيح. ظن أن اليوم سيكون جميلا، لأن الريح هدأت والسماء صافية. "
        "أخذ الولد المجاديف وركض أمامه دون أن يقول كلمة.\n"
    ),
    "Thai": (
        "เช้าตรู่ชาวประมงชราเดินลงไปที่แม่น้ำและมองดูน้ำอยู่นาน เรือโคลงเคลงอยู่ใกล้ฝั่ง และในดงอ"
        "้อมีนกร้อง เขาคิดว่าวันนี้จะเป็นวันที่ดี เพราะลมสงบและท้องฟ้าแจ่มใส เด็กชายหยิบไม้พายแล้"
        "ววิ่งไปข้างหน้าโดยไม่พูดอะไรเลย\n"
    ),
    "Hindi": (
        "सुबह सवेरे बूढ़ा मछुआरा नदी के किनारे गया और देर तक पानी को देखता रहा। नाव किनारे के पास "
        "डोल रही थी और सरकंडों में एक चिड़िया चिल्ला रही थी। उसने सोचा कि आज का दिन अच्छा होगा।\n"
    ),
    "Japanese": (
        "朝早く、年老いた漁師は川へ出て、長いあいだ水を眺めていた。舟は岸のそばで揺れ、葦の中では鳥が鳴いている。今日はいい日になるだろう、と彼は思った。風はやみ、空はすっかり晴れていた"
        "からだ。「さあ行こう」と孫に言うと、少年は黙って櫂を取り、先に走っていった。一時間後、二人は最初の魚を釣り、おじいさんは大声で笑った。\n"
    ),
    "Chinese": (
        "清晨,老渔夫来到河边,久久地望着水面。小船在岸边轻轻摇晃,芦苇丛中有一只鸟在叫。他想,今天会是个好日子:风停了,天空十分晴朗。“走吧,”他对孙子说,“趁太阳还低。”男孩拿起桨,"
        "一句话也没说就跑到前面去了。一个小时以后,他们钓到了第一条鱼,爷爷大声笑了起来。\n"
    ),
    "traditional Chinese": (
        "清晨,老漁夫來到河邊,久久地望著水面。小船在岸邊輕輕搖晃,蘆葦叢中有一隻鳥在叫。他想,今天會是個好日子:風停了,天空十分晴朗。男孩拿起槳,一句話也沒說就跑到前面去了。一個小時以"
        "後,他們釣到了第一條魚,爺爺大聲笑了起來。\n"
    ),
    "Korean": (
        "이른 아침 늙은 어부는 강가로 나와 오랫동안 물을 바라보았다. 배는 기슭에서 흔들리고 갈대밭에서는 새가 울었다. 그는 오늘이 좋은 날이 될 것이라고 생각했다. "
        '바람은 멎고 하늘은 아주 맑았다. "가자" 하고 그는 손자에게 말했다. 소년은 말없이 노를 들고 앞으로 달려갔다. 한 시간 뒤에 두 사람은 첫 물고기를 잡았고 '
        "할아버지는 크게 웃었다.\n"
    ),
    "English": (
        "It’s early in the morning, and the old fisherman doesn’t speak. He looks at the river – "
        "wide and grey – and thinks: “Today will be a good day.” The boat rocks near the shore; a "
        "bird cries in the reeds. “Let’s go,” he says to the boy, “while the sun’s still low…” "
        "The café isn’t open yet.\n"
    ),
    "German": (
        "Früh am Morgen ging der alte Fischer an den Fluß und schaute lange über das Wasser. Das "
        "Boot schaukelte am Ufer, und im Schilf schrie ein Vogel. „Heute wird ein schöner Tag“, "
        "dachte er, denn der Wind hatte sich gelegt, und der Himmel war ganz klar. Der Junge nahm "
        "die Ruder – größer als er selbst – und lief voraus, ohne ein Wort zu sagen. Später "
        "fingen sie den ersten Fisch, und der Großvater lachte.\n"
    ),
    "French": (
        "Tôt le matin, le vieux pêcheur descendit à la rivière et regarda longtemps l’eau. La "
        "barque se balançait près de la rive, et dans les roseaux un oiseau criait. Il pensa que "
        "la journée serait belle : le vent était tombé, le ciel était tout à fait clair. « "
        "Allons-y », dit-il à l’enfant. Le garçon prit les rames et courut en avant, sans dire un "
        "mot. Où est passé l’œuf ? Là-bas, à côté du forêt brûlée.\n"
    ),
    "Spanish": (
        "Temprano por la mañana, el viejo pescador bajó al río y miró largo rato el agua. La "
        "barca se mecía junto a la orilla, y entre las cañas gritaba un pájaro. Pensó que sería "
        "un buen día: el viento se había calmado y el cielo estaba despejado. —¡Vamos! —le dijo "
        "al niño—. ¿Dónde están los remos? El muchacho corrió adelante sin decir una palabra. "
        "Después de una hora, el señor pescó el primer pez.\n"
    ),
    "Portuguese": (
        "De manhã cedo, o velho pescador desceu ao rio e olhou longamente para a água. O barco "
        "balançava junto à margem, e nos juncos gritava um pássaro. Pensou que seria um bom dia: "
        "o vento tinha acalmado e o céu estava limpo. Não há razão para esperar, disse ele; então "
        "o rapaz pegou nos remos e correu à frente. A canção do avô ecoou três vezes.\n"
    ),
    "Italian": (
        "La mattina presto il vecchio pescatore andò al fiume e guardò a lungo l’acqua. La barca "
        "dondolava vicino alla riva, e tra le canne gridava un uccello. Pensò che sarebbe stata "
        "una bella giornata, perché il vento era calato e il cielo era sereno. Così il ragazzo "
        "prese i remi e corse avanti, senza dire più niente.\n"
    ),
    "Swedish": (
        "Tidigt på morgonen gick den gamle fiskaren ner till ån och såg länge på vattnet. Båten "
        "gungade vid stranden, och i vassen skrek en fågel. Han tänkte att det skulle bli en "
        "vacker dag, för vinden hade lagt sig och himlen var alldeles klar. Pojken tog årorna och "
        "sprang i förväg utan att säga ett ord.\n"
    ),
    "Danish": (
        "Tidligt om morgenen gik den gamle fisker ned til åen og så længe på vandet. Båden "
        "gyngede ved bredden, og i sivene skreg en fugl. Han tænkte, at det ville blive en smuk "
        "dag, for vinden havde lagt sig, og himlen var helt klar. Drengen tog årerne og løb i "
        "forvejen uden at sige et ord; først græd han, så lød hans råb.\n"
    ),
    "Icelandic": (
        "Snemma morguns gekk gamli sjómaðurinn niður að ánni og horfði lengi á vatnið. Báturinn "
        "vaggaði við bakkann og í sefinu gargaði fugl. Hann hugsaði að þetta yrði góður dagur, "
        "því vindinn hafði lægt og himinninn var alveg heiður.\n"
    ),
    "Polish": (
        "Wcześnie rano stary rybak poszedł nad rzekę i długo patrzył na wodę. Łódź kołysała się "
        "przy brzegu, a w trzcinach krzyczał ptak. Pomyślał, że będzie to piękny dzień, bo wiatr "
        "ucichł, a niebo było zupełnie czyste. Chłopiec wziął wiosła i pobiegł naprzód, nie "
        "mówiąc ani słowa. Źdźbło trawy drżało na łące.\n"
    ),
    "Czech": (
        "Časně ráno šel starý rybář k řece a dlouho se díval na vodu. Loďka se houpala u břehu a "
        "v rákosí křičel pták. Pomyslel si, že bude krásný den, protože vítr utichl a obloha byla "
        "úplně jasná. Chlapec vzal vesla a běžel napřed, aniž řekl slovo. Příšerně žluťoučký kůň "
        "úpěl ďábelské ódy.\n"
    ),
}
