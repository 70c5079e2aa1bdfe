import { advise } from '../writing.ts'

export const journalUnwritable = advise(
  ['No telemetry is taken: the journal cannot be written', '停止接收数据：日志队列无法写入'],
  10,
  ['Disk full, disk defective, or the file system was made read-only.', '磁盘已满、磁盘故障或文件系统变为只读。'],
  [
    'Nothing new of any facility is judged; devices keep their reports and send them again, for as long as they can.',
    '所有设施的新数据均不再研判；设备暂存并重发，直至其缓存用尽。',
  ],
  [
    'Look at the free space of the disk: delete what does not belong to the service, or make the disk larger.',
    '查看磁盘剩余空间：清理无关文件或扩容。',
  ],
  ['If there is space, look at the log of the service and at the disk itself.', '空间充足时查看服务日志并检查磁盘。'],
  ['Tell those in the field that the wall shows nothing new until this ends.', '通知现场人员：恢复前监控画面不更新。'],
)

export const telemetryGivenUp = advise(
  ['Old telemetry is being given up', '最早的数据正在被放弃'],
  30,
  [
    'The time series database has taken too little for so long that the journal reached its bound in size or age.',
    '时序数据库长时间写入不足，日志队列已达容量或时限上限。',
  ],
  [
    'The oldest readings that wait are lost for the history; alarms are not touched by it.',
    '排队最久的数据不再进入历史记录；告警不受影响。',
  ],
  ['Bring the database back: every minute saves readings.', '立即恢复数据库，每分钟都在丢失数据。'],
  [
    'If that takes longer and the disk has space, raise JOURNAL_MAX_MB and JOURNAL_MAX_HOURS and restart the service.',
    '若短时无法恢复且磁盘有空间，调大 JOURNAL_MAX_MB 与 JOURNAL_MAX_HOURS 并重启服务。',
  ],
  ['Note the time: the history has a gap from there.', '记录时间，历史数据自此存在缺口。'],
)

export const journalNearlyFull = advise(
  ['Journal nearly full', '日志队列即将用尽'],
  60,
  ['The time series database has been away or too slow for long.', '时序数据库长时间不可用或过慢。'],
  ['The oldest telemetry is given up soon.', '即将开始放弃最早的数据。'],
  ['Bring the database back now.', '立即恢复数据库。'],
  [
    'If that takes longer and the disk has space, raise JOURNAL_MAX_MB and JOURNAL_MAX_HOURS and restart the service.',
    '若短时无法恢复且磁盘有空间，调大 JOURNAL_MAX_MB 与 JOURNAL_MAX_HOURS 并重启服务。',
  ],
)

export const journalFilling = advise(
  ['Journal half full', '日志队列已过半'],
  480,
  ['The time series database takes less than comes in.', '时序数据库的写入速度低于数据到达速度。'],
  ['If it goes on, the oldest telemetry is given up.', '持续下去将开始放弃最早的数据。'],
  ['Look at the load and the disk of the database.', '检查数据库的负载与磁盘。'],
  ['Look at the messages a second: does a device send far too much?', '查看报文速率，是否有设备发送过多。'],
)

export const storeAway = advise(
  ['Time series database takes nothing', '时序数据库无法写入'],
  60,
  ['Database stopped, network to it broken, access refused, or its disk is full.', '数据库停止、网络中断、访问被拒或其磁盘已满。'],
  [
    'Alarms go on and readings wait in the journal; trends show nothing new, and past the bound of the journal the oldest are given up.',
    '告警正常，数据在日志队列中等待；趋势不再更新，队列用尽后将放弃最早的数据。',
  ],
  ['Look whether the database runs and whether its disk has space; start it again.', '检查数据库是否运行及其磁盘空间，必要时重启。'],
  ['The reason it gives stands on /readyz and in the log of the service.', '具体原因见 /readyz 与服务日志。'],
  ['Nothing needs to be sent again: what waits is stored once it is back.', '无需补发：恢复后等待的数据会自动入库。'],
)

export const storageBehind = advise(
  ['Readings are stored late', '数据入库滞后'],
  480,
  ['The database is too slow for what comes in, or much had to wait for it.', '数据库写入过慢，或此前积压较多。'],
  ['Trends and reports lack the latest readings; the journal fills.', '趋势与报表缺少最近数据，日志队列逐渐占满。'],
  ['Look at the load and the disk of the database.', '检查数据库的负载与磁盘。'],
  ['If the messages not stored yet become fewer, wait.', '若待入库报文在减少，继续观察即可。'],
)

export const setAside = advise(
  ['Readings were set aside', '有数据被数据库拒收'],
  1440,
  [
    'The database refuses them for good: another type of a field, or a time it does not take.',
    '数据库永久拒收：字段类型冲突或时间超出范围。',
  ],
  ['The history lacks them until somebody acts.', '处理前历史记录中缺少这些数据。'],
  ['The log of the service says what the database said to them.', '查看服务日志中数据库给出的原因。'],
  ['Mend the cause in the database and try them again, or discard them.', '排除数据库侧原因后重试，或予以丢弃。'],
)

export const diskNearlyFull = advise(
  ['Disk of the service nearly full', '服务磁盘即将写满'],
  60,
  [
    'History kept too long for this disk, a long journal while the database is away, or other programs.',
    '历史数据保留过长、数据库停用期间队列过大或其他程序占用。',
  ],
  ['When it is full no telemetry is taken; the very last space is kept for alarms.', '写满后停止接收数据；最后的空间仅用于保存告警。'],
  ['Delete what does not belong to the service, old backups first.', '清理无关文件，优先删除旧备份。'],
  ['Make the disk larger, or shorten how long readings are kept.', '扩容，或缩短数据保留时间。'],
)

export const diskLow = advise(
  ['Disk of the service fills', '服务磁盘空间偏低'],
  2880,
  ['The history grows, backups pile up, or other programs use the disk.', '历史数据增长、备份堆积或其他程序占用。'],
  ['The disk will be full in days or weeks.', '数天至数周内将写满。'],
  ['Look at the trend of the free space: how many days are left?', '查看剩余空间趋势，估计可用天数。'],
  ['Plan a larger disk, or shorten how long readings are kept.', '安排扩容，或缩短数据保留时间。'],
)

export const readingsLeftOut = advise(
  ['Readings are too old for the database and left out', '数据时间过旧，未入库'],
  60,
  [
    'The clock of this machine or of devices was wrong by months, or devices catch up with more than is kept.',
    '本机或设备时钟曾偏差数月，或设备补传了超出保留期的数据。',
  ],
  ['They are judged, but lost for the history.', '数据仍参与研判，但不进入历史记录。'],
  ['Compare the clock of the machine with the true time; have it set by NTP.', '核对本机时钟并启用 NTP 对时。'],
  [
    'Within ten minutes of a right clock new readings are stored again; if not, look at the log of the service.',
    '时钟恢复后十分钟内新数据重新入库；否则查看服务日志。',
  ],
  ['Look which devices send old times.', '查明哪些设备上报过旧时间。'],
)

export const backupMissed = advise(
  ['The daily backup is not made', '每日备份未完成'],
  1440,
  [
    'Target full, not mounted or not writable, or a file of the data folder cannot be read.',
    '备份目标已满、未挂载或不可写，或数据目录中有文件无法读取。',
  ],
  [
    'If the disk of the service fails, all since the last backup is lost: readings, alarms, records.',
    '若服务磁盘损坏，上次备份之后的数据、告警与记录将全部丢失。',
  ],
  ['The reason stands on /readyz and in the log of the service.', '具体原因见 /readyz 与服务日志。'],
  [
    'Look at the target (BACKUP_FOLDER): is it there, has it space, may the service write there?',
    '检查备份目标（BACKUP_FOLDER）：是否挂载、空间是否充足、服务是否有写权限。',
  ],
  [
    'It is tried again each hour; "npm run db -- backup --to FOLDER" makes one at once.',
    '系统每小时自动重试；也可执行 npm run db -- backup --to 目录 立即备份。',
  ],
)

export const certificateEndsSoon = advise(
  ['Certificate ends within 30 days', '证书将在 30 天内过期'],
  1440,
  [
    'Nobody renewed it, or the program that renews it fails; it may be that of an authority of device certificates.',
    '证书未续期或自动续期程序失败；也可能是设备证书签发机构的证书。',
  ],
  ['When it ends, devices and consoles connect no more.', '过期后设备与操作终端将无法连接。'],
  [
    'GET /api/certificate says which name and day; look at the program that renews it.',
    '通过 GET /api/certificate 查看名称与到期日，检查自动续期程序。',
  ],
  [
    'Put the new certificate and key in the place of the old ones: the service shows them within 15 s, without a restart.',
    '用新证书与私钥替换原文件，服务在 15 秒内自动启用，无需重启。',
  ],
)

export const certificateEnds = advise(
  ['Certificate ends within 7 days or has ended', '证书将在 7 天内过期或已过期'],
  240,
  [
    'Nobody renewed it, or the program that renews it fails; it may be that of an authority of device certificates.',
    '证书未续期或自动续期程序失败；也可能是设备证书签发机构的证书。',
  ],
  [
    'Once it has ended no device that verifies it connects any more: their facilities go silent.',
    '过期后，校验证书的设备将无法连接，其设施全部失联。',
  ],
  ['Renew it now, by hand if need be, and put certificate and key in their place.', '立即续期（必要时手动），并替换证书与私钥文件。'],
  [
    '/readyz and the log of the service say when the new files cannot be used, and why.',
    '若新文件无法启用，/readyz 与服务日志会说明原因。',
  ],
)

export const memoryHigh = advise(
  ['Memory of the service nearly used up', '服务内存即将耗尽'],
  240,
  ['City larger than the machine, a huge query or import, or a fault of the program.', '城市规模超出本机、查询或导入过大，或程序缺陷。'],
  [
    'The system may end the service; it starts again by itself and loses nothing acknowledged.',
    '系统可能终止本服务；重启后已确认的数据不丢失。',
  ],
  ['Stop large imports, exports and back-tests that run.', '停止正在运行的大型导入、导出与回测。'],
  [
    'If it stays high, give the machine more memory, and restart the service at a quiet hour.',
    '仍居高不下则增加内存，并在空闲时段重启服务。',
  ],
)

export const loopStalled = advise(
  ['Service stalls', '服务严重卡顿'],
  15,
  ['Processor or disk of the machine overloaded, or memory is swapped out.', '主机处理器或磁盘过载，或内存被换出。'],
  ['Alarms, acknowledgements and commands are late by seconds.', '告警、确认与控制延迟数秒。'],
  ['Look what else runs on the machine and stop it.', '检查主机上的其他程序并停止。'],
  [
    'Stop imports, exports and back-tests that run; if it stays, restart the service.',
    '停止正在运行的导入、导出与回测；仍未恢复则重启服务。',
  ],
)

export const loopSlow = advise(
  ['Service slow', '服务响应变慢'],
  240,
  ['More comes in than the machine can bear, or heavy queries run.', '数据量超出主机能力，或有大型查询运行。'],
  ['Alarms and pages come some tenths of a second late.', '告警与页面延迟零点几秒。'],
  ['Compare messages a second and processor with the days before.', '与往日的报文速率和处理器占用比较。'],
  ['If it comes every day, plan a faster machine.', '若每日出现，安排更换更快的主机。'],
)

export const messagesRefused = advise(
  ['Many messages are refused', '大量报文被拒收'],
  480,
  [
    'Facilities that are not registered, a gateway set up wrongly, or somebody who should not send.',
    '设施未登记、网关配置错误或有非法发送者。',
  ],
  ['Whatever they say is not watched.', '其数据未被监视。'],
  ['The rejections page lists reasons and the last messages.', '在拒收记录中查看原因与最近报文。'],
  ['Register what is missing, or have the gateway set right.', '登记缺失的设施，或更正网关配置。'],
)
